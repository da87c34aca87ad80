/**
 * @import { Clock } from "../lib/clock.js"
 * @import { Connection } from "../socket.js"
 */

import { COMMAND, LIMIT } from "../protocol.generated.js";
import { draftKey } from "../store/personal.js";

/** Says that one is typing, once in a while. */
export class TypingNotice {
  #connection;
  #clock;
  #saidAt = 0;
  #place = "";

  /**
   * @param {object} parts
   * @param {Connection} parts.connection
   * @param {Clock} parts.clock
   */
  constructor({ connection, clock }) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /**
   * @param {string} channelId
   * @param {string | null} threadId
   */
  typed(channelId, threadId) {
    const now = this.#clock.now();
    const place = draftKey(channelId, threadId);
    const isFresh = now - this.#saidAt < LIMIT.TYPING_REPEAT_SECONDS * 1000;
    if (!this.#connection.isOpen || (isFresh && this.#place === place)) return;
    this.#saidAt = now;
    this.#place = place;
    this.#connection.send({
      type: COMMAND.TYPING_START,
      channel_id: channelId,
      thread_id: threadId,
    })
      // Nobody misses it.
      .catch(() => {});
  }

  /** The message went: typing anew is news again. */
  sent() {
    this.#saidAt = 0;
  }
}
