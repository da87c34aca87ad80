/**
 * One WebSocket that comes back: commands with answers, heartbeat, and backoff.
 *
 * @import { Clock, Timer } from "./lib/clock.js"
 * @import { Command, Error as Refusal, Ok, ServerFrame, Welcome } from "./protocol.generated.d.ts"
 * @import { Link } from "./store/state.js"
 */

import { jitteredDelay, restartDelay } from "./lib/backoff.js";
import { CLOSE, CLOSE_FINAL, COMMAND, EVENT, FRAME, LIMIT } from "./protocol.generated.js";

/** The state of a WebSocket that can be written to. */
const OPEN = 1;

/** How long the server may be silent after a ping, or before it says welcome. */
const SILENCE_MS = 10_000;

/** The same, when there is a reason to doubt. */
const PROBE_MS = 4_000;

/** After too much at once, come back no sooner than this. */
const FLOODING_PAUSE_MS = 5_000;

/** The server refused a command. */
export class CommandRefused extends Error {
  /** @param {Refusal} refusal */
  constructor(refusal) {
    super(refusal.detail);
    this.name = "CommandRefused";
    this.code = refusal.code;
    this.fields = refusal.fields;
    this.isRetryable = refusal.retryable;
    this.retryAfterSeconds = refusal.retry_after_seconds ?? null;
  }
}

/** There is no connection, or it went before the answer came. The command may have been done. */
export class ConnectionLost extends Error {
  constructor() {
    super("There is no connection to the server.");
    this.name = "ConnectionLost";
  }
}

/** No answer in time. The command may have been done. */
export class AnswerTimeout extends Error {
  constructor() {
    super("The server did not answer.");
    this.name = "AnswerTimeout";
  }
}

/**
 * What is needed of a WebSocket.
 *
 * @typedef {object} SocketLike
 * @property {number} readyState
 * @property {(data: string) => void} send
 * @property {(code?: number) => void} close
 * @property {(() => void) | null} onopen
 * @property {((event: { data: string }) => void) | null} onmessage
 * @property {((event: { code: number }) => void) | null} onclose
 */

/**
 * A command as its caller writes it: the connection adds the id.
 *
 * @typedef {Command extends infer C ? C extends Command ? Omit<C, "id"> : never : never} AnyCommand
 */

/**
 * @typedef {object} Pending
 * @property {(ok: Ok) => void} resolve
 * @property {(reason: Error) => void} reject
 * @property {Timer | null} timer
 */

/**
 * @typedef {object} ConnectionOptions
 * @property {() => SocketLike} open
 * @property {Clock} clock
 * @property {() => number} random
 * @property {(frame: ServerFrame) => void} onFrame
 * @property {(link: Link) => void} onLink
 * @property {() => void} [onRejected] the server answered without ever saying welcome
 */

export class Connection {
  #options;
  /** @type {SocketLike | null} */
  #socket = null;
  /** @type {Map<string, Pending>} */
  #pending = new Map();
  #commandCount = 0;
  #attempt = 0;
  #openedAt = 0;
  #heartbeatMs = LIMIT.HEARTBEAT_SECONDS * 1000;
  /** @type {number | null} */
  #announcedDelayMs = null;
  /** @type {Timer | null} */
  #retryTimer = null;
  /** @type {Timer | null} */
  #pingTimer = null;
  /** @type {Timer | null} */
  #silenceTimer = null;
  /** @type {Link} */
  #link = { phase: "connecting", retryAt: null, lostAt: null, closeCode: null, instance: null };

  /** @param {ConnectionOptions} options */
  constructor(options) {
    this.#options = options;
  }

  get isOpen() {
    return this.#link.phase === "open";
  }

  start() {
    this.#setLink({ lostAt: this.#options.clock.now() });
    this.#connect();
  }

  /** Stay away for good. */
  stop() {
    this.#dropSocket(CLOSE.BYE);
    this.#clearTimers();
    this.#setLink({ phase: "ended", retryAt: null });
  }

  /** Do not wait for the end of the pause. */
  retryNow() {
    if (this.#link.phase === "waiting") this.#connect();
  }

  /** Ask at once whether the connection still lives, as after a sleep. */
  probe() {
    if (this.isOpen) {
      this.#ping();
      this.#clearSilence();
      this.#expectSound(PROBE_MS);
    } else if (this.#link.closeCode !== CLOSE.FLOODING) {
      // Who was sent away for too much at once waits, unless the person says otherwise.
      this.retryNow();
    }
  }

  /**
   * @param {AnyCommand} command
   * @param {{ timeoutMs?: number }} [options]
   * @returns {Promise<Ok>}
   * @throws {CommandRefused | ConnectionLost | AnswerTimeout} as a rejection
   */
  send(command, { timeoutMs } = {}) {
    if (!this.isOpen) return Promise.reject(new ConnectionLost());
    const id = String(++this.#commandCount);
    return new Promise((resolve, reject) => {
      /** @type {Pending} */
      const pending = { resolve, reject, timer: null };
      if (timeoutMs !== undefined) {
        pending.timer = this.#options.clock.setTimeout(() => {
          this.#pending.delete(id);
          reject(new AnswerTimeout());
        }, timeoutMs);
      }
      this.#pending.set(id, pending);
      this.#write({ ...command, id });
    });
  }

  #connect() {
    this.#clearTimers();
    this.#setLink({ phase: "connecting", retryAt: null });
    const socket = this.#options.open();
    this.#socket = socket;
    socket.onopen = () => {};
    socket.onmessage = (event) => {
      if (this.#socket === socket) this.#receive(event.data);
    };
    socket.onclose = (event) => {
      if (this.#socket === socket) this.#closed(event.code);
    };
    this.#expectSound(SILENCE_MS);
  }

  /** @param {string} data */
  #receive(data) {
    this.#clearSilence();
    if (this.isOpen) this.#schedulePing();
    const frame = /** @type {ServerFrame} */ (JSON.parse(data));
    if (frame.type === FRAME.OK || (frame.type === FRAME.ERROR && frame.re !== null)) {
      this.#answer(frame);
      return;
    }
    if (frame.type === FRAME.WELCOME) this.#welcomed(frame);
    if (frame.type === EVENT.SERVER_DRAINING) this.#announcedDelayMs = frame.reconnect_after_ms;
    this.#options.onFrame(frame);
  }

  /** @param {Welcome} welcome */
  #welcomed(welcome) {
    this.#openedAt = this.#options.clock.now();
    this.#heartbeatMs = welcome.heartbeat_seconds * 1000;
    this.#announcedDelayMs = null;
    this.#schedulePing();
    this.#setLink({
      phase: "open",
      retryAt: null,
      lostAt: null,
      closeCode: null,
      instance: welcome.instance,
    });
  }

  /** @param {Ok | Refusal} frame */
  #answer(frame) {
    const pending = this.#pending.get(frame.re ?? "");
    if (!pending) return;
    this.#pending.delete(frame.re ?? "");
    if (pending.timer !== null) this.#options.clock.clearTimeout(pending.timer);
    if (frame.type === FRAME.OK) pending.resolve(frame);
    else pending.reject(new CommandRefused(frame));
  }

  /** @param {number} code */
  #closed(code) {
    const wasOpen = this.isOpen;
    this.#dropSocket();
    this.#clearTimers();
    const lostAt = this.#link.lostAt ?? this.#options.clock.now();
    if (CLOSE_FINAL.has(code)) {
      this.#setLink({ phase: "ended", retryAt: null, lostAt, closeCode: code });
    } else {
      if (!wasOpen) this.#options.onRejected?.();
      if (this.#link.phase === "ended") return;
      const delayMs = this.#nextDelay(code, wasOpen);
      this.#retryTimer = this.#options.clock.setTimeout(() => this.#connect(), delayMs);
      this.#setLink({
        phase: "waiting",
        retryAt: this.#options.clock.now() + delayMs,
        lostAt,
        closeCode: code,
      });
    }
    this.#rejectPending();
  }

  /**
   * @param {number} code
   * @param {boolean} wasOpen
   */
  #nextDelay(code, wasOpen) {
    const livedMs = wasOpen ? this.#options.clock.now() - this.#openedAt : 0;
    if (livedMs >= LIMIT.CALM_SECONDS * 1000) this.#attempt = 0;
    const announcedMs = this.#announcedDelayMs;
    this.#announcedDelayMs = null;
    if (announcedMs !== null) return announcedMs;
    if (code === CLOSE.RESTART) return restartDelay(this.#options.random);
    const delayMs = jitteredDelay(this.#attempt, this.#options.random);
    this.#attempt += 1;
    return code === CLOSE.FLOODING ? delayMs + FLOODING_PAUSE_MS : delayMs;
  }

  /** @param {Command} command */
  #write(command) {
    // In one that is closing it would be lost: it is answered when the closing is done.
    if (this.#socket?.readyState === OPEN) this.#socket.send(JSON.stringify(command));
  }

  /** Only what is heard puts it off: whoever writes into a dead line must find out. */
  #schedulePing() {
    const { clock } = this.#options;
    if (this.#pingTimer !== null) clock.clearTimeout(this.#pingTimer);
    this.#pingTimer = clock.setTimeout(() => this.#ping(), this.#heartbeatMs);
  }

  #ping() {
    this.#expectSound(SILENCE_MS);
    // Whether it is answered shows in the silence, not in this promise.
    this.send({ type: COMMAND.PING }).catch(() => {});
  }

  /** @param {number} withinMs */
  #expectSound(withinMs) {
    if (this.#silenceTimer !== null) return;
    this.#silenceTimer = this.#options.clock.setTimeout(() => {
      this.#silenceTimer = null;
      // The closing handshake of a dead connection can take minutes.
      this.#closed(1006);
    }, withinMs);
  }

  #clearSilence() {
    if (this.#silenceTimer !== null) this.#options.clock.clearTimeout(this.#silenceTimer);
    this.#silenceTimer = null;
  }

  #clearTimers() {
    this.#clearSilence();
    for (const timer of [this.#retryTimer, this.#pingTimer]) {
      if (timer !== null) this.#options.clock.clearTimeout(timer);
    }
    this.#retryTimer = null;
    this.#pingTimer = null;
  }

  /** @param {number} [code] */
  #dropSocket(code) {
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close(code);
  }

  #rejectPending() {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject, timer } of pending) {
      if (timer !== null) this.#options.clock.clearTimeout(timer);
      reject(new ConnectionLost());
    }
  }

  /** @param {Partial<Link>} change */
  #setLink(change) {
    this.#link = { ...this.#link, ...change };
    this.#options.onLink(this.#link);
  }
}
