/**
 * What one of the live pages knows and can do: the socket, the last picture, and whether it is fresh.
 *
 * @import { BridgeCommand, BridgeFrame, ClusterHistory, ServerFrame } from "../protocol.generated.d.ts"
 * @import { SocketLike } from "../socket.js"
 * @import { Link } from "../store/state.js"
 */

import { signal } from "@preact/signals-core";
import { systemClock } from "../lib/clock.js";
import { t } from "../lib/i18n.js";
import { AnswerTimeout, CommandRefused, Connection } from "../socket.js";
import { FRAME } from "../protocol.generated.js";
import { BRIDGE, SEEN } from "./bridge.generated.js";
import { Hour } from "./hour.js";

/**
 * @typedef {object} Place what the page was opened with
 * @property {"cluster" | "connections" | "connection" | "person" | "channel"} view
 * @property {string} [id]
 * @property {string} [instance]
 * @property {string} bridge the address of the live pages
 * @property {string} admin that of the admin
 * @property {string} chat that of the workspace
 * @property {string} user_id who looks
 * @property {string} csrf_token
 */

/** @typedef {BridgeCommand extends infer C ? C extends BridgeCommand ? Omit<C, "id"> : never : never} Wish */
/** @typedef {Exclude<BridgeFrame, ClusterHistory>} Picture */
/** @typedef {{ title: string, text: string, action: string, resolve: (isSure: boolean) => void }} Question */
/** @typedef {{ tone: "good" | "bad", text: string }} Notice */

const ANSWER_MS = 15_000;
const RETRY_MS = 3_000;
const NOTICE_MS = 6_000;

export class Deck {
  /** @type {import("@preact/signals-core").Signal<Link | null>} */
  link = signal(null);
  /** @type {import("@preact/signals-core").Signal<Picture | null>} */
  seen = signal(null);
  /** What was said instead of a picture. */
  refusal = signal("");
  /** @type {import("@preact/signals-core").Signal<Question | null>} */
  question = signal(null);
  /** @type {import("@preact/signals-core").Signal<Notice | null>} */
  notice = signal(null);
  /** What time it is where the pictures are made, which may be another time than here. */
  now = signal(Date.now());
  /** When the last picture came, by the clock of this page. */
  seenAt = 0;
  hour = new Hour();

  #connection;
  #clockAhead = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #noticeTimer;

  /** @param {Place} place */
  constructor(place) {
    this.place = place;
    this.#connection = new Connection({
      open: () => openSocket(),
      clock: systemClock,
      random: Math.random,
      onFrame: (frame) => this.#receive(/** @type {ServerFrame | BridgeFrame} */ (frame)),
      onLink: (link) => this.#linked(link),
    });
  }

  start() {
    this.#connection.start();
    setInterval(() => this.now.value = Date.now() - this.#clockAhead, 1_000);
    addEventListener("online", () => this.#connection.probe());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#connection.probe();
    });
  }

  /**
   * Do something, and say how it went.
   *
   * @param {Wish} wish
   * @param {string} done what to say then
   * @returns {Promise<boolean>} whether it was done
   */
  async act(wish, done) {
    try {
      await this.#send(wish);
    } catch (error) {
      this.say("bad", sentenceOf(error));
      return false;
    }
    this.say("good", done);
    return true;
  }

  /**
   * @param {{ title: string, text: string, action: string }} words
   * @returns {Promise<boolean>}
   */
  ask(words) {
    return new Promise((resolve) => this.question.value = { ...words, resolve });
  }

  /**
   * @param {Notice["tone"]} tone
   * @param {string} text
   */
  say(tone, text) {
    this.notice.value = { tone, text };
    clearTimeout(this.#noticeTimer);
    this.#noticeTimer = setTimeout(() => this.notice.value = null, NOTICE_MS);
  }

  /** @param {Wish} wish */
  #send(wish) {
    // The connection knows the commands of the other socket; it sends whatever has a type.
    return this.#connection.send(/** @type {any} */ (wish), { timeoutMs: ANSWER_MS });
  }

  /** @param {Link} link */
  #linked(link) {
    const wasOpen = this.link.peek()?.phase === "open";
    this.link.value = link;
    if (link.phase === "open" && !wasOpen) this.#watch();
  }

  async #watch() {
    try {
      await this.#send(wishOf(this.place));
      this.refusal.value = "";
    } catch (error) {
      if (error instanceof CommandRefused) this.refusal.value = error.message;
      const isFinal = error instanceof CommandRefused && !error.isRetryable;
      if (!isFinal) setTimeout(() => this.link.peek()?.phase === "open" && this.#watch(), RETRY_MS);
    }
  }

  /** @param {ServerFrame | BridgeFrame} frame */
  #receive(frame) {
    switch (frame.type) {
      case FRAME.ERROR:
        // No picture could be made. The last one stays, and grows old.
        this.refusal.value = frame.detail;
        break;
      case SEEN.CLUSTER_HISTORY:
        this.hour.begin(frame.samples);
        break;
      case SEEN.CLUSTER_SEEN:
        this.hour.add(frame);
        this.#show(frame);
        break;
      case SEEN.CONNECTIONS_SEEN:
      case SEEN.CONNECTION_SEEN:
      case SEEN.PERSON_SEEN:
      case SEEN.CHANNEL_SEEN:
        this.#show(frame);
    }
  }

  /** @param {Picture} picture */
  #show(picture) {
    this.seenAt = Date.now();
    this.#clockAhead = this.seenAt - Date.parse(picture.at);
    this.now.value = Date.parse(picture.at);
    this.refusal.value = "";
    this.seen.value = picture;
  }
}

/**
 * @param {Place} place
 * @returns {Wish}
 */
function wishOf({ view, id = "", instance }) {
  switch (view) {
    case "cluster":
      return { type: BRIDGE.CLUSTER_WATCH };
    case "connections":
      return { type: BRIDGE.CONNECTIONS_WATCH, instance: instance ?? null, user_id: null };
    case "connection":
      return { type: BRIDGE.CONNECTION_WATCH, connection_id: id };
    case "person":
      return { type: BRIDGE.PERSON_WATCH, user_id: id };
    case "channel":
      return { type: BRIDGE.CHANNEL_WATCH, channel_id: id };
  }
}

/** @param {unknown} error */
function sentenceOf(error) {
  if (error instanceof CommandRefused) return error.message;
  if (error instanceof AnswerTimeout) {
    return t("The server did not answer. Look whether it was done.");
  }
  return t("There is no connection to the server just now.");
}

/** @returns {SocketLike} */
function openSocket() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return /** @type {SocketLike} */ (new WebSocket(`${scheme}://${location.host}/ws/bridge/`));
}
