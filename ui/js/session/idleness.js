/**
 * @import { Clock, Timer } from "../lib/clock.js"
 * @import { Connection } from "../socket.js"
 */

import { COMMAND, LIMIT } from "../protocol.generated.js";

/** Says when nobody is at this device any more, and when somebody is again. */
export class Idleness {
  #connection;
  #clock;
  #lastAt;
  #isIdle = false;
  #isSaid = false;
  /** @type {Timer | null} */
  #timer = null;

  /**
   * @param {object} parts
   * @param {Connection} parts.connection
   * @param {Clock} parts.clock
   */
  constructor({ connection, clock }) {
    this.#connection = connection;
    this.#clock = clock;
    this.#lastAt = clock.now();
    this.#wait();
  }

  /** Somebody has touched something here. */
  touched() {
    this.#lastAt = this.#clock.now();
    if (!this.#isIdle) return;
    this.#isIdle = false;
    this.#say();
    this.#wait();
  }

  /** A new connection is taken for that of somebody who is there. */
  resume() {
    this.#isSaid = false;
    this.#say();
  }

  #wait() {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    const left = this.#lastAt + LIMIT.IDLE_SECONDS * 1000 - this.#clock.now();
    this.#timer = this.#clock.setTimeout(() => this.#look(), Math.max(left, 0));
  }

  #look() {
    this.#timer = null;
    if (this.#clock.now() - this.#lastAt < LIMIT.IDLE_SECONDS * 1000) {
      this.#wait();
      return;
    }
    this.#isIdle = true;
    this.#say();
  }

  async #say() {
    if (!this.#connection.isOpen || this.#isSaid === this.#isIdle) return;
    const said = this.#isIdle;
    this.#isSaid = said;
    try {
      await this.#connection.send({ type: COMMAND.PRESENCE_IDLE, is_idle: said });
    } catch {
      // The next connection says it again.
    }
  }
}
