/** What time it is where somebody else lives. */

const MINUTE_MS = 60_000;

/**
 * Whether this browser knows the zone.
 *
 * @param {string} timeZone as IANA names it
 */
export function isKnownZone(timeZone) {
  if (!timeZone) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** @returns {string} where this browser says that it is */
export function zoneHere() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";
}

/** @returns {string[]} all that this browser knows */
export function allZones() {
  const zones = Intl.supportedValuesOf("timeZone");
  return zones.includes("UTC") ? zones : [...zones, "UTC"];
}

/**
 * How far the clocks of one zone are before those of another at a moment.
 *
 * @param {string} timeZone
 * @param {string} otherZone
 * @param {number} now
 * @returns {number} minutes; negative: behind
 */
export function minutesAhead(timeZone, otherZone, now) {
  return minutesFromGreenwich(timeZone, now) - minutesFromGreenwich(otherZone, now);
}

/**
 * @param {string} timeZone
 * @param {number} now
 */
export function minutesFromGreenwich(timeZone, now) {
  const shown = new Intl.DateTimeFormat("en", {
    timeZone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  }).formatToParts(now);
  const part = (/** @type {Intl.DateTimeFormatPartTypes} */ type) =>
    Number(shown.find((one) => one.type === type)?.value);
  const wall = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
  );
  return Math.round((wall - Math.floor(now / MINUTE_MS) * MINUTE_MS) / MINUTE_MS);
}
