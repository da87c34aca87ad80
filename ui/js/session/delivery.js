/**
 * @import { Clock } from "../lib/clock.js"
 * @import { Shelf } from "../lib/storage.js"
 * @import { Connection } from "../socket.js"
 * @import { OutboxEntry, Written } from "../store/outbox.js"
 * @import { Store } from "../store/store.js"
 */

import { jitteredDelay } from "../lib/backoff.js";
import { COMMAND, ERROR } from "../protocol.generated.js";
import { AnswerTimeout, CommandRefused } from "../socket.js";
import {
  markConfirmed,
  markFailed,
  markSending,
  markSent,
  markWaiting,
  newEntry,
  nextMoment,
  nextToSend,
  parseEntry,
  removeApplied,
  removeEntry,
  requeueUnanswered,
  withUnsent,
} from "../store/outbox.js";

/** After this the person is asked what to do. */
const ANSWER_MS = 10_000;

/** A trouble that may pass is tried so often before the person is asked. */
const ATTEMPTS_MAX = 4;

/**
 * These pass by themselves, however long it takes: no person could do better than wait.
 *
 * @type {Set<string>}
 */
const PASSING = new Set([ERROR.UNAVAILABLE, ERROR.RATE_LIMITED]);

/** Sends what was written, in order and once, however often the connection goes. */
export class Delivery {
  #store;
  #connection;
  #shelf;
  #clock;
  /** @type {Map<string, OutboxEntry>} */
  #stored = new Map();
  /** @type {Set<string>} */
  #settledElsewhere = new Set();
  #isPaused = false;

  /**
   * @param {object} parts
   * @param {Store} parts.store
   * @param {Connection} parts.connection
   * @param {Shelf} parts.shelf
   * @param {Clock} parts.clock
   */
  constructor({ store, connection, shelf, clock }) {
    this.#store = store;
    this.#connection = connection;
    this.#shelf = shelf;
    this.#clock = clock;
  }

  /** Take up what an earlier page could not send. */
  restore() {
    this.#adopt();
    this.#shelf.follow((clientId, value) => {
      if (value === null) this.#settled(clientId);
    });
  }

  /**
   * Take up what is stored and nobody here knows. A tab that was closed or has crashed left it; when
   * one that lives sends it as well, the client_id makes it the same message.
   */
  #adopt() {
    const known = new Set(this.#store.state.outbox.map((entry) => entry.client_id));
    const found = this.#shelf.entries().map(([, stored]) => parseEntry(stored))
      .filter((entry) => entry !== null).filter((entry) => !known.has(entry.client_id));
    for (const entry of found) this.#stored.set(entry.client_id, entry);
    this.#store.update((state) => withUnsent(state, found));
  }

  /**
   * Another tab has sent it or thrown it away.
   *
   * @param {string} clientId
   */
  #settled(clientId) {
    const entry = this.#store.state.outbox.find((other) => other.client_id === clientId);
    if (!entry) return;
    if (entry.phase === "sending") {
      this.#settledElsewhere.add(clientId);
      return;
    }
    this.#stored.delete(clientId);
    this.#change((outbox) => removeEntry(outbox, clientId));
  }

  /** Keep the stored copy like the outbox. */
  persist() {
    const { outbox } = this.#store.state;
    const unsent = new Map(
      outbox.filter((entry) => entry.phase !== "sent").map((entry) => [entry.client_id, entry]),
    );
    for (const clientId of this.#stored.keys()) {
      if (!unsent.has(clientId)) this.#shelf.set(clientId, null);
    }
    for (const [clientId, entry] of unsent) {
      if (this.#stored.get(clientId) !== entry) this.#shelf.set(clientId, JSON.stringify(entry));
    }
    this.#stored = unsent;
  }

  /** @param {Written} written */
  post(written) {
    const entry = newEntry({
      ...written,
      clientId: crypto.randomUUID(),
      at: nextMoment(this.#store.state.outbox, this.#clock.now()),
    });
    this.#change((outbox) => [...outbox, entry]);
    this.flush();
  }

  /** @param {string} clientId */
  retry(clientId) {
    this.#change((outbox) => markWaiting(outbox, clientId));
    this.#isPaused = false;
    this.flush();
  }

  /**
   * Yes, so many people shall be called.
   *
   * @param {string} clientId
   */
  confirm(clientId) {
    this.#change((outbox) => markConfirmed(outbox, clientId));
    this.#isPaused = false;
    this.flush();
  }

  /** @param {string} clientId */
  discard(clientId) {
    this.#change((outbox) => removeEntry(outbox, clientId));
  }

  /** The connection went: what was waiting for an answer waits for the next one instead. */
  pause() {
    this.#change(requeueUnanswered);
  }

  /** A new connection: whatever has no answer goes again. */
  resume() {
    this.#isPaused = false;
    this.#adopt();
    this.#change(requeueUnanswered);
    this.flush();
  }

  /** Send the next entry, if one can go. */
  flush() {
    if (!this.#connection.isOpen || this.#isPaused) return;
    const entry = nextToSend(this.#store.state.outbox);
    if (entry) this.#send(entry);
  }

  /** @param {OutboxEntry} entry */
  async #send(entry) {
    const { client_id, channel_id, thread_id, also_to_channel, text } = entry;
    this.#change((outbox) => markSending(outbox, client_id));
    try {
      const ok = await this.#connection.send({
        type: COMMAND.MESSAGE_POST,
        client_id,
        channel_id,
        text,
        thread_id,
        also_to_channel,
        file_ids: entry.files.map(({ id }) => id),
        quoted_id: entry.quote?.message_id ?? null,
        confirmed: entry.isConfirmed,
      }, { timeoutMs: ANSWER_MS });
      const cursor = this.#store.state.cursors[`c:${channel_id}`] ?? 0;
      this.#change((outbox) =>
        removeApplied(markSent(outbox, client_id, ok.seq ?? 0), channel_id, cursor)
      );
      this.#settledElsewhere.delete(client_id);
    } catch (error) {
      if (this.#settledElsewhere.delete(client_id)) this.discard(client_id);
      else this.#refused(entry, error);
    }
    this.flush();
  }

  /**
   * @param {OutboxEntry} entry
   * @param {unknown} error
   */
  #refused({ client_id, attempts }, error) {
    if (error instanceof AnswerTimeout) {
      // Whatever is written puts off the heartbeat: without this, a dead connection could stay
      // unnoticed for as long as somebody goes on writing.
      this.#connection.probe();
      this.#fail(client_id, { code: "", detail: error.message, isFinal: false });
    } else if (!(error instanceof CommandRefused)) {
      this.#change((outbox) => markWaiting(outbox, client_id));
    } else if (!error.isRetryable) {
      this.#fail(client_id, { code: error.code, detail: error.message, isFinal: true });
    } else if (attempts + 1 >= ATTEMPTS_MAX && !PASSING.has(error.code)) {
      this.#fail(client_id, { code: error.code, detail: error.message, isFinal: false });
    } else {
      const pauseMs = error.retryAfterSeconds === null
        ? 500 + jitteredDelay(attempts, Math.random)
        : error.retryAfterSeconds * 1000;
      this.#change((outbox) => markWaiting(outbox, client_id));
      this.#isPaused = true;
      this.#clock.setTimeout(() => {
        this.#isPaused = false;
        this.flush();
      }, pauseMs);
    }
  }

  /**
   * @param {string} clientId
   * @param {{ code: string, detail: string, isFinal: boolean }} reason
   */
  #fail(clientId, reason) {
    this.#change((outbox) => markFailed(outbox, clientId, reason));
  }

  /** @param {(outbox: OutboxEntry[]) => OutboxEntry[]} change */
  #change(change) {
    this.#store.update((state) => ({ ...state, outbox: change(state.outbox) }));
  }
}
