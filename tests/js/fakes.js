/**
 * The edges of the page: time, the network, the browser's storage.
 *
 * @import { Row } from "../../ui/js/lib/archive.js"
 * @import { Clock, Timer } from "../../ui/js/lib/clock.js"
 * @import { Shelf } from "../../ui/js/lib/storage.js"
 * @import { SocketLike } from "../../ui/js/socket.js"
 */

import { FRAME } from "../../ui/js/protocol.generated.js";

/** @implements {Clock} */
export class FakeClock {
  #now = 0;
  #timers = /** @type {Map<number, { at: number, run: () => void }>} */ (new Map());
  #count = 0;

  now = () => this.#now;

  /**
   * @param {() => void} run
   * @param {number} delayMs
   */
  setTimeout = (run, delayMs) => {
    this.#timers.set(++this.#count, { at: this.#now + delayMs, run });
    return this.#count;
  };

  /** @param {Timer} timer */
  clearTimeout = (timer) => {
    this.#timers.delete(Number(timer));
  };

  /** @param {number} ms */
  pass(ms) {
    const end = this.#now + ms;
    for (;;) {
      const next = [...this.#timers].sort(([, a], [, b]) => a.at - b.at)[0];
      if (!next || next[1].at > end) break;
      this.#timers.delete(next[0]);
      this.#now = next[1].at;
      next[1].run();
    }
    this.#now = end;
  }
}

/** @implements {SocketLike} */
export class FakeSocket {
  /** @type {Record<string, any>[]} */
  sent = [];
  isClosed = false;
  readyState = 1;
  /** @type {SocketLike["onopen"]} */
  onopen = null;
  /** @type {SocketLike["onmessage"]} */
  onmessage = null;
  /** @type {SocketLike["onclose"]} */
  onclose = null;

  /** @param {string} data */
  send(data) {
    this.sent.push(JSON.parse(data));
  }

  close() {
    this.isClosed = true;
  }

  /** @param {object} frame */
  says(frame) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  /**
   * Answer the last command of this type.
   *
   * @param {string} type
   * @param {object} [fields]
   */
  acknowledges(type, fields = {}) {
    const command = this.sent.findLast((sent) => sent.type === type);
    this.says({ type: FRAME.OK, re: command?.id, ...fields });
  }

  /**
   * @param {string} type
   * @param {{ code: string, retryable?: boolean, retry_after_seconds?: number }} reason
   */
  refuses(type, { code, retryable = false, retry_after_seconds }) {
    const command = this.sent.findLast((sent) => sent.type === type);
    this.says({
      type: FRAME.ERROR,
      re: command?.id,
      code,
      detail: `${code}.`,
      fields: {},
      retryable,
      retry_after_seconds,
    });
  }

  /** @param {string} type */
  sentOf(type) {
    return this.sent.filter((sent) => sent.type === type);
  }

  /** @param {number} code */
  dies(code) {
    this.onclose?.({ code });
  }
}

/** Storage that several tabs share: each hears what the others change. */
export class FakeStorage {
  /** @type {Map<string, string>} */
  stored = new Map();
  /** @type {{ shelf: object, onChange: (name: string, value: string | null) => void }[]} */
  #followers = [];

  /** What one tab has of it. */
  shelf() {
    const shelf = {
      entries: () => [...this.stored],
      get: (/** @type {string} */ name) => this.stored.get(name) ?? null,
      set: (/** @type {string} */ name, /** @type {string | null} */ value) => {
        if (value === null) this.stored.delete(name);
        else this.stored.set(name, value);
        for (const follower of this.#followers) {
          if (follower.shelf !== shelf) follower.onChange(name, value);
        }
      },
      follow: (/** @type {(name: string, value: string | null) => void} */ onChange) => {
        this.#followers.push({ shelf, onChange });
      },
    };
    return /** @type {Shelf} */ (/** @type {unknown} */ (shelf));
  }
}

/** An archive in memory, which can be slow or broken. */
export class FakeArchive {
  /** @type {Map<string, Row>} */
  rows = new Map();
  writes = 0;
  isBroken = false;
  isStuck = false;

  read() {
    return this.#answer(() => structuredClone([...this.rows.values()]));
  }

  /** @param {{ put: Row[], drop: { owner: string, channel_id: string }[] }} changes */
  write({ put, drop }) {
    return this.#answer(() => {
      this.writes += 1;
      for (const row of put) this.rows.set(`${row.owner} ${row.channel_id}`, structuredClone(row));
      for (const row of drop) this.rows.delete(`${row.owner} ${row.channel_id}`);
    });
  }

  clear() {
    return this.#answer(() => this.rows.clear());
  }

  /**
   * @template Answer
   * @param {() => Answer} answer
   * @returns {Promise<Answer>}
   */
  #answer(answer) {
    if (this.isStuck) return new Promise(() => {});
    if (this.isBroken) return Promise.reject(new Error("The disk is broken."));
    return Promise.resolve(answer());
  }
}

/** Let everything run that waits for an answer just given. */
export async function settle() {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
