/**
 * @import { Clock, Timer } from "../lib/clock.js"
 * @import { Connection } from "../socket.js"
 * @import { Store } from "../store/store.js"
 */

import { COMMAND } from "../protocol.generated.js";
import { withRead, withReadingAgain, withUnreadFrom } from "../store/events.js";
import { readableUpTo } from "../store/selectors.js";
import { ConnectionLost } from "../socket.js";

/** So long the end of a channel must be in view. */
const READING_MS = 1_000;

/** Says what was read: only what somebody could see, in a tab that they look at. */
export class Reading {
  #store;
  #connection;
  #clock;
  /** @type {Timer | null} */
  #timer = null;
  /** @type {Map<string, number>} */
  #unsaid = new Map();

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

  /** Call when anything changed that decides what is being read. */
  consider() {
    if (this.#current() === null) {
      if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
      this.#timer = null;
      return;
    }
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = null;
      const current = this.#current();
      if (current) this.markRead(current.channelId, current.seq);
    }, READING_MS);
  }

  /**
   * @param {string} channelId
   * @param {number} seq
   */
  markRead(channelId, seq) {
    this.#store.update((state) => withRead(state, channelId, seq));
    this.#unsaid.set(channelId, seq);
    this.resume();
  }

  /**
   * Have everything from a message on be unread again. It stays so while the reader only looks at it.
   *
   * @param {string} channelId
   * @param {number} seq
   */
  async markUnread(channelId, seq) {
    const before = this.#store.state;
    this.#unsaid.delete(channelId);
    this.#store.update((state) => withUnreadFrom(state, channelId, seq));
    try {
      await this.#connection.send({ type: COMMAND.CHANNEL_UNREAD, channel_id: channelId, seq });
    } catch (error) {
      const dividerAfter = before.place?.dividerAfter ?? null;
      this.#store.update((state) => ({
        ...withReadingAgain(state, channelId),
        place: state.place && { ...state.place, dividerAfter },
      }));
      throw error;
    }
  }

  /** The reader has come back, reads on or writes: what can be seen is read again. */
  goOn() {
    const channelId = this.#store.state.place?.channelId;
    if (channelId) this.#store.update((state) => withReadingAgain(state, channelId));
  }

  /** The numbers of another history mean nothing. */
  forget() {
    this.#unsaid.clear();
  }

  /** Say what could not be said while there was no connection. */
  resume() {
    for (const [channelId, seq] of this.#unsaid) this.#say(channelId, seq);
  }

  /**
   * @param {string} channelId
   * @param {number} seq
   */
  async #say(channelId, seq) {
    if (!this.#connection.isOpen) return;
    try {
      await this.#connection.send({ type: COMMAND.CHANNEL_READ, channel_id: channelId, seq });
    } catch (error) {
      if (error instanceof ConnectionLost) return;
    }
    if (this.#unsaid.get(channelId) === seq) this.#unsaid.delete(channelId);
  }

  #current() {
    const { place, attention } = this.#store.state;
    if (!place || !attention.isFocused || !attention.isAtBottom) return null;
    const seq = readableUpTo(this.#store.state, place.channelId);
    return seq === null ? null : { channelId: place.channelId, seq };
  }
}
