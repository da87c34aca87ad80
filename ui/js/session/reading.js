/**
 * @import { Clock } from "../lib/clock.js"
 * @import { MarkRead, MarkThreadRead } from "../protocol.generated.d.ts"
 * @import { Connection } from "../socket.js"
 * @import { Store } from "../store/store.js"
 */

import { COMMAND } from "../protocol.generated.js";
import { ConnectionLost } from "../socket.js";
import { withRead, withReadingAgain, withUnreadFrom } from "../store/events.js";
import { readableUpTo } from "../store/selectors.js";
import { threadReadableUpTo } from "../store/threads.js";
import { withThreadRead } from "../store/unread_threads.js";
import { Dwell } from "./dwell.js";

/** @typedef {Omit<MarkRead, "id"> | Omit<MarkThreadRead, "id">} Mark */

/** Says what was read: only what somebody could see, in a tab that they look at. */
export class Reading {
  #store;
  #connection;
  #inChannel;
  #inThread;
  /** @type {Map<string, Mark>} */
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
    this.#inChannel = new Dwell(
      clock,
      () => this.#channelSeen(),
      ({ channelId, seq }) => this.markRead(channelId, seq),
    );
    this.#inThread = new Dwell(
      clock,
      () => this.#threadSeen(),
      ({ rootId, seq }) => this.markThreadRead(rootId, seq),
    );
  }

  /** Call when anything changed that decides what is being read. */
  consider() {
    this.#inChannel.consider();
    this.#inThread.consider();
  }

  /**
   * @param {string} channelId
   * @param {number} seq
   */
  markRead(channelId, seq) {
    this.#store.update((state) => withRead(state, channelId, seq));
    this.#unsaid.set(channelId, { type: COMMAND.CHANNEL_READ, channel_id: channelId, seq });
    this.resume();
  }

  /**
   * @param {string} rootId
   * @param {number} seq
   */
  markThreadRead(rootId, seq) {
    this.#store.update((state) => withThreadRead(state, rootId, seq));
    this.#unsaid.set(`thread ${rootId}`, { type: COMMAND.THREAD_READ, thread_id: rootId, seq });
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
    for (const [place, mark] of this.#unsaid) this.#say(place, mark);
  }

  /**
   * @param {string} place
   * @param {Mark} mark
   */
  async #say(place, mark) {
    if (!this.#connection.isOpen) return;
    try {
      await this.#connection.send(mark);
    } catch (error) {
      if (error instanceof ConnectionLost) return;
    }
    if (this.#unsaid.get(place) === mark) this.#unsaid.delete(place);
  }

  #channelSeen() {
    const { place, attention } = this.#store.state;
    const isSeen = attention.isFocused && attention.isAtBottom && !attention.isCovered;
    if (!place || !isSeen) return null;
    const seq = readableUpTo(this.#store.state, place.channelId);
    return seq === null ? null : { channelId: place.channelId, seq };
  }

  #threadSeen() {
    const { thread, attention } = this.#store.state;
    if (!thread || !attention.isFocused || !attention.isAtThreadEnd) return null;
    const seq = threadReadableUpTo(this.#store.state);
    return seq === null ? null : { rootId: thread.rootId, seq };
  }
}
