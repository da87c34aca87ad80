import { LIMIT } from "../protocol.generated.js";

/** A crowd whose process restarts without a word comes back within this time. */
const RESTART_MIN_MS = 1_000;

/**
 * Full jitter: anything between nothing and a bound that doubles, so that a crowd does not come back
 * at one moment.
 *
 * @param {number} attempt 0, 1, 2 …
 * @param {() => number} random
 * @returns {number} milliseconds
 */
export function jitteredDelay(attempt, random) {
  const boundSeconds = Math.min(LIMIT.RECONNECT_MAX_SECONDS, 2 ** Math.min(attempt, 10));
  return Math.round(random() * boundSeconds * 1000);
}

/**
 * The pause after a restart that nobody announced: 1 … 30 s.
 *
 * @param {() => number} random
 * @returns {number} milliseconds
 */
export function restartDelay(random) {
  const spreadMs = LIMIT.RECONNECT_MAX_SECONDS * 1000 - RESTART_MIN_MS;
  return RESTART_MIN_MS + Math.round(random() * spreadMs);
}
