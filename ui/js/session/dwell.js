/** @import { Clock, Timer } from "../lib/clock.js" */

/** So long something must be in view before it counts as read. */
const READING_MS = 1_000;

/**
 * Does something about what somebody has looked at for a while.
 *
 * @template Seen
 */
export class Dwell {
  #clock;
  #look;
  #act;
  /** @type {Timer | null} */
  #timer = null;

  /**
   * @param {Clock} clock
   * @param {() => Seen | null} look what is in view; null: nothing that matters
   * @param {(seen: Seen) => void} act
   */
  constructor(clock, look, act) {
    this.#clock = clock;
    this.#look = look;
    this.#act = act;
  }

  /** Call when anything changed that decides what is in view. */
  consider() {
    if (this.#look() === null) {
      if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
      this.#timer = null;
      return;
    }
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = null;
      const seen = this.#look();
      if (seen !== null) this.#act(seen);
    }, READING_MS);
  }
}
