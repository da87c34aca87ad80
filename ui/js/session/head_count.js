/**
 * @import { Api } from "../api.js"
 * @import { Clock, Timer } from "../lib/clock.js"
 */

import { channelPresence } from "../rest/online.js";

const EVERY_MS = 15_000;

/** When somebody came or went, and no sooner than this after the last answer. */
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
  #askedAt = 0;
  #isHinted = false;

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
    if (this.#channelId === null || this.#isHinted) return;
    this.#isHinted = true;
    this.#askIn(Math.max(0, this.#askedAt + SOON_MS - this.#clock.now()));
  }

  async #ask() {
    const channelId = this.#channelId;
    if (channelId === null) return;
    this.#isHinted = false;
    this.#askedAt = this.#clock.now();
    this.#askIn(EVERY_MS);
    let online = null;
    try {
      ({ online } = await channelPresence(this.#api, channelId));
    } catch {
      // Nobody knows until it is asked again.
    }
    if (channelId === this.#channelId) this.#tell(online);
  }

  /** @param {number} delayMs */
  #askIn(delayMs) {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => this.#ask(), delayMs);
  }
}
