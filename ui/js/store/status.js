/**
 * What people say they are doing. It ends by itself: nobody comes to take it away.
 *
 * @import { User } from "../protocol.generated.d.ts"
 * @import { State } from "./state.js"
 */

const NO_STATUS = { status_emoji: "", status_text: "", status_until: null };

/**
 * What a status without an emoji of its own is shown with.
 */
export const PLAIN_STATUS = "💬";

/** @param {Pick<User, "status_emoji" | "status_text">} user */
export function hasStatus(user) {
  return user.status_emoji !== "" || user.status_text !== "";
}

/**
 * @param {State} state
 * @returns {number | null} when the next status of somebody ends
 */
export function nextStatusEnd(state) {
  let next = null;
  for (const user of [...Object.values(state.users), state.me]) {
    if (user.status_until === null) continue;
    const end = Date.parse(user.status_until);
    if (next === null || end < next) next = end;
  }
  return next;
}

/**
 * @param {State} state
 * @param {number} now
 * @returns {State} the same where no status has ended
 */
export function withoutEndedStatuses(state, now) {
  const ended = Object.values(state.users).filter((user) => isOver(user, now));
  if (ended.length === 0 && !isOver(state.me, now)) return state;
  return {
    ...state,
    users: {
      ...state.users,
      ...Object.fromEntries(ended.map((user) => [user.id, { ...user, ...NO_STATUS }])),
    },
    me: isOver(state.me, now) ? { ...state.me, ...NO_STATUS } : state.me,
  };
}

/**
 * @param {User} user
 * @param {number} now
 */
function isOver({ status_until }, now) {
  return status_until !== null && Date.parse(status_until) <= now;
}

/**
 * @param {number} minutes
 * @returns {(now: Date) => Date}
 */
function inMinutes(minutes) {
  return (now) => new Date(now.getTime() + minutes * 60_000);
}

/**
 * The end of a day by the clock on the reader's wall.
 *
 * @param {Date} now
 * @param {number} daysOn
 */
function dayEnd(now, daysOn) {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + daysOn + 1);
}

/** @type {Record<"half_hour" | "hour" | "four_hours" | "today" | "week" | "never", (now: Date) => Date | null>} */
export const STATUS_ENDS = {
  never: () => null,
  half_hour: inMinutes(30),
  hour: inMinutes(60),
  four_hours: inMinutes(240),
  today: (now) => dayEnd(now, 0),
  // The week ends with Sunday.
  week: (now) => dayEnd(now, (7 - now.getDay()) % 7),
};

/** @type {Record<"half_hour" | "hour" | "four_hours" | "tomorrow", (now: Date) => Date>} */
export const PAUSE_ENDS = {
  half_hour: inMinutes(30),
  hour: inMinutes(60),
  four_hours: inMinutes(240),
  // When most people begin.
  tomorrow: (now) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 9),
};
