import { computed, signal } from "@preact/signals-core";
import { locale, t, tn } from "./i18n.js";
import { minutesAhead } from "./zones.js";

/** @typedef {"auto" | "12" | "24"} ClockStyle auto: as the reader's language has it */

/** How hours are written. What shows them while rendering is drawn again when it changes. */
export const clockStyle = signal(/** @type {ClockStyle} */ ("auto"));

const reader = locale();
const hours = computed(() => {
  if (clockStyle.value === "auto") return {};
  return { hour12: clockStyle.value === "12" };
});
const clock = computed(() =>
  new Intl.DateTimeFormat(reader, { hour: "numeric", minute: "2-digit", ...hours.value })
);
const whole = computed(() =>
  new Intl.DateTimeFormat(reader, { dateStyle: "full", timeStyle: "medium", ...hours.value })
);
const soon = computed(() =>
  new Intl.DateTimeFormat(reader, {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "numeric",
    minute: "2-digit",
    ...hours.value,
  })
);
const day = new Intl.DateTimeFormat(reader, { weekday: "long", day: "numeric", month: "long" });
const dayAndYear = new Intl.DateTimeFormat(reader, { dateStyle: "long" });
const relative = new Intl.RelativeTimeFormat(reader, { numeric: "auto" });
const shortDay = new Intl.DateTimeFormat(reader, { day: "numeric", month: "short" });
const shortDayAndYear = new Intl.DateTimeFormat(reader, { dateStyle: "medium" });

const DAY_MS = 86_400_000;

/**
 * The calendar day of the reader, not of the server.
 *
 * @param {string | number} at
 * @returns {string} `2026-11-23`
 */
export function dayOf(at) {
  const date = new Date(at);
  const month = String(date.getMonth() + 1).padStart(2, "0");
  return `${date.getFullYear()}-${month}-${String(date.getDate()).padStart(2, "0")}`;
}

/**
 * @param {string} dayKey as `dayOf` gives it
 * @param {number} now
 * @returns {string} "Today", "Yesterday", "Monday 23 November", or with its year
 */
export function dayLabel(dayKey, now) {
  const noon = new Date(`${dayKey}T12:00:00`);
  const todayNoon = new Date(`${dayOf(now)}T12:00:00`);
  const daysAgo = Math.round((todayNoon.getTime() - noon.getTime()) / DAY_MS);
  if (daysAgo === 0 || daysAgo === 1) return capitalised(relative.format(-daysAgo, "day"));
  if (noon.getFullYear() === todayNoon.getFullYear()) return day.format(noon);
  return dayAndYear.format(noon);
}

/**
 * The same in few letters, for a line of a list.
 *
 * @param {string} dayKey
 * @param {number} now
 * @returns {string} "Today", "Yesterday", "23 Nov", or with its year
 */
export function shortDayLabel(dayKey, now) {
  const date = new Date(`${dayKey}T12:00:00`);
  const isRecent = [0, 1].some((days) => dayOf(now - days * DAY_MS) === dayKey);
  if (isRecent) return dayLabel(dayKey, now);
  if (date.getFullYear() === new Date(now).getFullYear()) return shortDay.format(date);
  return shortDayAndYear.format(date);
}

/** @param {string} at */
export function clockTime(at) {
  return clock.value.format(new Date(at));
}

/**
 * The same without "PM", for where there is little room.
 *
 * @param {string} at
 */
export function shortTime(at) {
  return clock.value.formatToParts(new Date(at)).filter(({ type }) => type !== "dayPeriod")
    .map(({ value }) => value).join("").trim();
}

/** @param {string} at */
export function fullTime(at) {
  return whole.value.format(new Date(at));
}

/**
 * When something in the future happens or ends.
 *
 * @param {string | number} at
 * @param {number} now
 * @returns {string} "14:02" today, "tomorrow, 14:02", or with its day
 */
export function momentLabel(at, now) {
  const time = clock.value.format(new Date(at));
  if (dayOf(at) === dayOf(now)) return time;
  if (dayOf(at) === dayOf(now + DAY_MS)) return `${relative.format(1, "day")}, ${time}`;
  return soon.value.format(new Date(at));
}

/**
 * @param {string} timeZone of somebody else
 * @param {string} ownZone
 * @param {number} now
 * @returns {string} "14:02 local time, 2 hours behind you"
 */
export function zoneSentence(timeZone, ownZone, now) {
  const time = new Intl.DateTimeFormat(reader, {
    hour: "numeric",
    minute: "2-digit",
    timeZone,
    ...hours.value,
  }).format(now);
  const minutes = minutesAhead(timeZone, ownZone, now);
  if (minutes === 0) return t("{time} local time", { time });
  const distance = distanceOf(Math.abs(minutes));
  return minutes > 0
    ? t("{time} local time, {distance} ahead of you", { time, distance })
    : t("{time} local time, {distance} behind you", { time, distance });
}

/**
 * A moment as a field for date and time has it.
 *
 * @param {number} at
 * @returns {string} `2026-11-23T14:02`
 */
export function localInput(at) {
  const date = new Date(at);
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return `${dayOf(at)}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** @param {number} minutes */
function distanceOf(minutes) {
  const whole = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (rest === 0) return tn("{count} hour", "{count} hours", whole);
  if (whole === 0) return tn("{count} minute", "{count} minutes", rest);
  return t("{hours} h {minutes} min", { hours: whole, minutes: rest });
}

/** @param {string} text */
function capitalised(text) {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ["year", 365 * DAY_MS],
  ["month", 30 * DAY_MS],
  ["day", DAY_MS],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/**
 * @param {string} at
 * @param {number} now
 * @returns {string} "5 minutes ago", "yesterday"
 */
export function ago(at, now) {
  const past = Math.max(0, now - Date.parse(at));
  const [unit, length] = UNITS.find(([, length]) => past >= length) ?? ["minute", 60_000];
  return relative.format(-Math.floor(past / length), unit);
}
