/**
 * @import { Api } from "../api.js"
 * @import { Clock, Timer } from "../lib/clock.js"
 */

import { channelPresence } from "../rest/online.js";

const EVERY_MS = 15_000;

/** While nobody knows. */
const UNKNOWN_MS = 5_000;

/** After somebody came or went: the server's answers are a little younger than this. */
const SOON_MS = 3_000;

/** How many people are online in a channel, as long as somebody looks at it. */
export class HeadCount {
  #api;
  #clock;
  #tell;
  /** @type {string | null} */
  #channelId = null;
  /** @type {Timer} */
  #timer = 0;
  #dueAt = 0;
  #changedAt = -Infinity;

  /**
   * @param {object} parts
   * @param {Api} parts.api
   * @param {Clock} parts.clock
   * @param {(online: number | null) => void} parts.tell null while nobody knows
   */
  constructor({ api, clock, tell }) {
    this.#api = api;
    this.#clock = clock;
    this.#tell = tell;
  }

  /** @param {string | null} channelId which channel is looked at, if any */
  look(channelId) {
    if (channelId === this.#channelId) return;
    this.#channelId = channelId;
    this.#clock.clearTimeout(this.#timer);
    this.#tell(null);
    if (channelId !== null) this.#ask();
  }

  /** Somebody came or went, perhaps in this channel. */
  hint() {
    this.#changedAt = this.#clock.now();
    if (this.#channelId !== null && this.#dueAt > this.#changedAt + SOON_MS) this.#askIn(SOON_MS);
  }

  async #ask() {
    const channelId = this.#channelId;
    if (channelId === null) return;
    // Of what changed just now this answer may not know.
    const isCalm = this.#clock.now() - this.#changedAt >= SOON_MS;
    this.#askIn(isCalm ? EVERY_MS : SOON_MS);
    let online = null;
    try {
      ({ online } = await channelPresence(this.#api, channelId));
    } catch {
      // Nobody knows until it is asked again.
    }
    if (channelId !== this.#channelId) return;
    this.#tell(online);
    if (online === null && isCalm) this.#askIn(UNKNOWN_MS);
  }

  /** @param {number} delayMs */
  #askIn(delayMs) {
    this.#clock.clearTimeout(this.#timer);
    this.#dueAt = this.#clock.now() + delayMs;
    this.#timer = this.#clock.setTimeout(() => this.#ask(), delayMs);
  }
}
