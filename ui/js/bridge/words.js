/** Numbers and times as operators read them. */

import { locale, t, tn } from "../lib/i18n.js";

const reader = locale();
const decimal = new Intl.NumberFormat(reader, { maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat(reader, { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat(reader, { notation: "compact", maximumFractionDigits: 1 });
const BYTE_STEPS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** @param {number | null} number */
export function count(number) {
  return number === null ? "–" : whole.format(number);
}

/** @param {number | null} number */
export function perSecond(number) {
  if (number === null) return "–";
  return number < 100 ? decimal.format(number) : compact.format(number);
}

/** @param {number | null} number */
export function milliseconds(number) {
  return number === null ? "–" : `${decimal.format(number)} ms`;
}

/** @param {number | null} number */
export function bytes(number) {
  if (number === null) return "–";
  let step = 0;
  let rest = number;
  while (rest >= 1024 && step < BYTE_STEPS.length - 1) {
    rest /= 1024;
    step += 1;
  }
  const written = rest < 10 && step > 0 ? decimal.format(rest) : whole.format(rest);
  return `${written} ${BYTE_STEPS[step]}`;
}

/**
 * @param {number} ms
 * @returns {string} "12 s", "4 min", "3 h 20 min", "5 days"
 */
export function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return t("{count} s", { count: seconds });
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return t("{count} min", { count: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return t("{hours} h {minutes} min", { hours, minutes: minutes % 60 });
  return tn("{count} day", "{count} days", Math.floor(hours / 24));
}

/** What is known to write itself so, the most particular first. */
const PROGRAMS = /** @type {const} */ ([
  [/\bEdg\/(\d+)/, "Edge"],
  [/\bOPR\/(\d+)/, "Opera"],
  [/\bFirefox\/(\d+)/, "Firefox"],
  [/\bHeadlessChrome\/(\d+)/, "Chrome"],
  [/\bChrome\/(\d+)/, "Chrome"],
  [/\bVersion\/(\d+)[^ ]* (?:Mobile\/\S+ )?Safari\//, "Safari"],
]);
const SYSTEMS = /** @type {const} */ ([
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
]);

/**
 * @param {string} userAgent
 * @returns {string} "Firefox 145, Linux", or the beginning of what it says of itself
 */
export function agent(userAgent) {
  const program = PROGRAMS.find(([pattern]) => pattern.test(userAgent));
  const system = SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1];
  if (!program) return userAgent.split(/[ /(]/, 1)[0] || t("unknown");
  const version = program[0].exec(userAgent)?.[1];
  return [`${program[1]} ${version}`, system].filter(Boolean).join(", ");
}
