const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const dayAndYear = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const shortDay = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const shortDayAndYear = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

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
  return clock.format(new Date(at));
}

/**
 * The same without "PM", for where there is little room.
 *
 * @param {string} at
 */
export function shortTime(at) {
  return clock.formatToParts(new Date(at)).filter(({ type }) => type !== "dayPeriod")
    .map(({ value }) => value).join("").trim();
}

/** @param {string} at */
export function fullTime(at) {
  return whole.format(new Date(at));
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
