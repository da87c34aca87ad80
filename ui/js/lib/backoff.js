import { LIMIT } from "../protocol.generated.js";

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
