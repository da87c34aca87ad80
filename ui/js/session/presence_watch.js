/**
 * @import { Clock, Timer } from "../lib/clock.js"
 * @import { Connection } from "../socket.js"
 * @import { Store } from "../store/store.js"
 */

import { COMMAND, LIMIT } from "../protocol.generated.js";
import { withPresence } from "../store/ephemeral.js";

/** People come onto the screen in bursts, while it scrolls. */
const SETTLE_MS = 300;

/** Hears of the presence of the people on the screen, and of nobody else. */
export class PresenceWatch {
  #store;
  #connection;
  #clock;
  /** @type {string[]} */
  #userIds = [];
  #asked = "";
  /** @type {Timer | null} */
  #timer = null;

  /**
   * @param {object} parts
   * @param {Store} parts.store
   * @param {Connection} parts.connection
   * @param {Clock} parts.clock
   */
  constructor({ store, connection, clock }) {
    this.#store = store;
    this.#connection = connection;
    this.#clock = clock;
  }

  /** @param {string[]} userIds the most important first */
  watch(userIds) {
    this.#userIds = [...new Set(userIds)].slice(0, LIMIT.WATCH_MAX_USERS);
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = null;
      this.#ask();
    }, SETTLE_MS);
  }

  /** A new connection knows nothing of what was watched. */
  resume() {
    this.#asked = "";
    this.#ask();
  }

  async #ask() {
    const wanted = this.#userIds.toSorted().join();
    if (!this.#connection.isOpen || wanted === this.#asked) return;
    this.#asked = wanted;
    try {
      const { users } = await this.#connection.send({
        type: COMMAND.PRESENCE_WATCH,
        user_ids: this.#userIds,
      });
      if (users) this.#store.update((state) => withPresence(state, users));
    } catch {
      this.#asked = "";
    }
  }
}
