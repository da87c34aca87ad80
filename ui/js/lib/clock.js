/** @typedef {number | ReturnType<typeof globalThis.setTimeout>} Timer */

/**
 * Time as the rest of the page sees it: a test puts its own in its place.
 *
 * @typedef {object} Clock
 * @property {() => number} now
 * @property {(run: () => void, delayMs: number) => Timer} setTimeout
 * @property {(timer: Timer) => void} clearTimeout
 */

/** @type {Clock} */
export const systemClock = {
  now: () => Date.now(),
  setTimeout: (run, delayMs) => globalThis.setTimeout(run, delayMs),
  clearTimeout: (timer) => globalThis.clearTimeout(timer),
};
