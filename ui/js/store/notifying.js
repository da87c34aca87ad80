/**
 * Whether a message is told to this person at once: the twin of `chat/notifying.py`, where the
 * decisions behind it are written down. Both are held to `tests/notification_cases.json`.
 *
 * @import { OwnMembership, Preferences, QuietHours } from "../protocol.generated.d.ts"
 */

/**
 * @typedef {object} Situation
 * @property {Date} now
 * @property {boolean} isOwn
 * @property {boolean} isDirect
 * @property {boolean} isInChannel whether the channel itself shows it
 * @property {"" | "name" | "group" | "keyword" | "channel" | "here"} call what in it calls one
 * @property {boolean} followsThread
 * @property {OwnMembership["level"]} level
 * @property {Preferences["level"]} defaultLevel
 * @property {boolean} isMuted
 * @property {boolean} notifyThreads
 * @property {"online" | "away" | "dnd" | "offline" | "unknown"} presence
 * @property {Date | null} dndUntil
 * @property {QuietHours | null} quietHours
 * @property {string} timeZone
 */

/**
 * @typedef {object} Decision
 * @property {boolean} countsAsMention
 * @property {boolean} notifies
 * @property {string} reason why it notifies, or why not
 */

const WANTED = new Set(["name", "group", "keyword", "channel", "here", "direct", "thread", "all"]);
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/**
 * @param {Situation} situation
 * @returns {Decision}
 */
export function decide(situation) {
  if (situation.isOwn) return { countsAsMention: false, notifies: false, reason: "own" };
  const countsAsMention = situation.call !== "" &&
    !(situation.isMuted && situation.call !== "name");
  const reason = why(situation);
  if (!WANTED.has(reason)) return { countsAsMention, notifies: false, reason };
  if (isUndisturbed(situation)) {
    return { countsAsMention, notifies: false, reason: "do_not_disturb" };
  }
  return { countsAsMention, notifies: true, reason };
}

/**
 * @param {QuietHours} hours
 * @param {Date} now
 * @param {string} timeZone
 */
export function isQuiet(hours, now, timeZone) {
  if (!hours.is_on) return false;
  const { day, time } = wallClock(now, timeZone);
  const beganToday = hours.days.includes(day);
  if (hours.from < hours.to) return beganToday && hours.from <= time && time < hours.to;
  const beganYesterday = hours.days.includes((day + 6) % 7);
  return (beganToday && time >= hours.from) || (beganYesterday && time < hours.to);
}

/** @param {Situation} situation */
function why(situation) {
  const { call } = situation;
  const level = situation.level === "default" ? situation.defaultLevel : situation.level;
  if (situation.isMuted) return "muted";
  if (level === "nothing") return "nothing";
  if (call !== "" && call !== "here") return call;
  if (call === "here" && ["online", "dnd"].includes(situation.presence)) return "here";
  if (situation.isDirect && situation.level !== "mentions") return "direct";
  if (situation.followsThread && situation.notifyThreads) return "thread";
  if (level === "all" && situation.isInChannel) return "all";
  return call === "here" ? "not_here" : "not_called";
}

/** @param {Situation} situation */
function isUndisturbed({ presence, dndUntil, now, quietHours, timeZone }) {
  if (presence === "dnd") return true;
  if (dndUntil !== null && now < dndUntil) return true;
  return quietHours !== null && isQuiet(quietHours, now, timeZone);
}

/**
 * @param {Date} now
 * @param {string} timeZone
 * @returns {{ day: number, time: string }} 0 is Monday; hours and minutes
 */
function wallClock(now, timeZone) {
  const parts = Object.fromEntries(
    clockOf(timeZone).formatToParts(now).map(({ type, value }) => [type, value]),
  );
  return { day: DAYS.indexOf(parts.weekday ?? ""), time: `${parts.hour}:${parts.minute}` };
}

/** @param {string} timeZone */
function clockOf(timeZone) {
  /** @type {Intl.DateTimeFormatOptions} */
  const shape = { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  try {
    return new Intl.DateTimeFormat("en-GB", { ...shape, timeZone: timeZone || "UTC" });
  } catch {
    // A zone that this browser does not know is the clock of Greenwich.
    return new Intl.DateTimeFormat("en-GB", { ...shape, timeZone: "UTC" });
  }
}
