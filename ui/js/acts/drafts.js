/**
 * @import { Api } from "../api.js"
 * @import { Clock, Timer } from "../lib/clock.js"
 * @import { Shelf } from "../lib/storage.js"
 * @import { Store } from "../store/store.js"
 */

import { RequestFailed } from "../api.js";
import { codePoints } from "../lib/text.js";
import { LIMIT } from "../protocol.generated.js";
import { listDrafts, putDraft } from "../rest/drafts.js";
import { withSharedDrafts, withSharedTexts, withText } from "../store/drafts.js";
import { draftKey, withDraft } from "../store/personal.js";

/** Kept in the browser so soon after a keystroke. */
const SAVE_MS = 500;

/** The other devices follow when one pauses for so long … */
const SHARE_MS = 2_000;

/** … or writes on for so long. */
const SHARE_MAX_MS = 10_000;

const RETRY_MS = 15_000;

/** Signing out does not wait longer for what is still to be shared. */
const PATIENCE_MS = 1_500;

/**
 * What was begun and not sent: in each channel and each thread, here and on all devices. The last
 * writer wins; a field in which somebody writes just now is left alone.
 */
export class Drafts {
  #store;
  #api;
  #shelf;
  #clock;
  /** @type {Map<string, Timer>} */
  #saving = new Map();
  /** @type {Map<string, Timer>} */
  #sharing = new Map();
  /** @type {Map<string, number>} what the server has not got, and since when */
  #newer = new Map();
  /** @type {Set<string>} */
  #onTheWay = new Set();
  /** @type {Map<string, number>} the highest heard of, also of drafts that have ended */
  #versions = new Map();
  #isRead = false;
  #isForgotten = false;

  /**
   * @param {object} parts
   * @param {Store} parts.store
   * @param {Api} parts.api
   * @param {Shelf} parts.shelf
   * @param {Clock} parts.clock
   */
  constructor({ store, api, shelf, clock }) {
    this.#store = store;
    this.#api = api;
    this.#shelf = shelf;
    this.#clock = clock;
  }

  /** Begin with what this browser has kept: without a connection it is all there is. */
  restore() {
    for (const [key, stored] of this.#shelf.entries()) {
      const { text, isNewer } = parse(stored);
      if (isNewer) this.#newer.set(key, this.#clock.now());
      this.#store.update((state) => withText(state, key, text));
    }
  }

  /** There is a connection: read what the devices share, and share what was written without one. */
  async resume() {
    // First read, then shared: an answer from before would bring back what has ended.
    if (!this.#isRead) await this.#read();
    for (const key of [...this.#newer.keys()]) this.#share(key);
  }

  async #read() {
    const before = this.#store.state.personal.drafts;
    try {
      const rows = await listDrafts(this.#api);
      this.#store.update((state) => withSharedDrafts(state, rows, before));
      this.#isRead = true;
      this.follow();
    } catch {
      // The next connection tries again.
    }
  }

  /** What was read is not true any more. */
  reread() {
    this.#isRead = false;
  }

  /** Take up what another device has changed. Call when the shared drafts have. */
  follow() {
    for (const [key, { version }] of Object.entries(this.#store.state.personal.drafts)) {
      this.#versions.set(key, Math.max(version, this.#versions.get(key) ?? 0));
    }
    if (!this.#isRead) return;
    const before = this.#store.state.drafts;
    this.#store.update((state) => withSharedTexts(state, (key) => this.#newer.has(key)));
    for (const [key, text] of Object.entries(this.#store.state.drafts)) {
      if (text !== (before[key] ?? "")) this.#keep(key);
    }
  }

  /**
   * @param {string} channelId
   * @param {string | null} threadId
   */
  of(channelId, threadId) {
    return this.#store.state.drafts[draftKey(channelId, threadId)] ?? "";
  }

  /**
   * @param {string} channelId
   * @param {string | null} threadId
   * @param {string} text
   */
  save(channelId, threadId, text) {
    if (text === this.of(channelId, threadId)) return;
    const key = draftKey(channelId, threadId);
    const now = this.#clock.now();
    this.#store.update((state) => withText(state, key, text));
    const since = this.#newer.get(key) ?? now;
    this.#newer.set(key, since);
    this.#after(this.#saving, key, SAVE_MS, () => this.#keep(key));
    const shareMs = Math.min(SHARE_MS, Math.max(0, since + SHARE_MAX_MS - now));
    this.#after(this.#sharing, key, shareMs, () => this.#share(key));
  }

  /**
   * It is a message now: here and everywhere nothing is left to write.
   *
   * @param {string} channelId
   * @param {string | null} threadId
   */
  sent(channelId, threadId) {
    const key = draftKey(channelId, threadId);
    this.save(channelId, threadId, "");
    this.#keep(key);
    this.#share(key);
  }

  /** Save what was just typed, as when the page may end. */
  flush() {
    for (const key of [...this.#saving.keys()]) this.#keep(key);
    for (const key of [...this.#sharing.keys()]) this.#share(key);
  }

  /** Leave nothing for whoever uses this browser next; on the other devices it stays. */
  async forget() {
    const shared = [...this.#newer.keys()].map((key) => this.#share(key));
    this.#isForgotten = true;
    for (const timer of this.#saving.values()) this.#clock.clearTimeout(timer);
    this.#saving.clear();
    for (const [key] of this.#shelf.entries()) this.#shelf.set(key, null);
    /** @type {Promise<void>} */
    const enough = new Promise((resolve) => this.#clock.setTimeout(resolve, PATIENCE_MS));
    if (shared.length > 0) await Promise.race([Promise.allSettled(shared), enough]);
  }

  /**
   * Keep it in this browser.
   *
   * @param {string} key
   */
  #keep(key) {
    this.#cancel(this.#saving, key);
    if (this.#isForgotten) return;
    const text = this.#store.state.drafts[key] ?? "";
    const isNewer = this.#newer.has(key);
    const isEmpty = text === "" && !(isNewer && this.#isShared(key));
    this.#shelf.set(key, isEmpty ? null : JSON.stringify({ text, isNewer }));
  }

  /**
   * Bring it to the other devices.
   *
   * @param {string} key
   */
  async #share(key) {
    this.#cancel(this.#sharing, key);
    const text = this.#store.state.drafts[key] ?? "";
    if (!this.#newer.has(key) || this.#onTheWay.has(key)) return;
    if (text.trim() === "" && !this.#isShared(key)) return this.#isSettled(key);
    // Nobody can send it either: it stays here until it is shorter.
    if (codePoints(text) > LIMIT.TEXT_MAX_CHARS) return;
    this.#onTheWay.add(key);
    try {
      const [channel_id = "", thread_id = null] = key.split("/");
      const version = this.#versions.get(key) ?? 0;
      const answer = await putDraft(this.#api, { channel_id, thread_id, text, version });
      this.#store.update((state) => ({ ...state, personal: withDraft(state.personal, answer) }));
      this.#onTheWay.delete(key);
      const isSame = (this.#store.state.drafts[key] ?? "") === text;
      if (isSame) this.#isSettled(key);
      else if (!this.#sharing.has(key)) await this.#share(key);
    } catch (error) {
      this.#onTheWay.delete(key);
      const isRefused = error instanceof RequestFailed && error.status >= 400 &&
        error.status < 500 && error.status !== 429;
      // What may not be written there stays here alone.
      if (!isRefused) this.#after(this.#sharing, key, RETRY_MS, () => this.#share(key));
    }
  }

  /** @param {string} key */
  #isSettled(key) {
    this.#newer.delete(key);
    this.#keep(key);
  }

  /** @param {string} key */
  #isShared(key) {
    return key in this.#store.state.personal.drafts || this.#onTheWay.has(key) || !this.#isRead;
  }

  /**
   * @param {Map<string, Timer>} timers
   * @param {string} key
   * @param {number} delayMs
   * @param {() => void} run
   */
  #after(timers, key, delayMs, run) {
    this.#cancel(timers, key);
    timers.set(key, this.#clock.setTimeout(run, delayMs));
  }

  /**
   * @param {Map<string, Timer>} timers
   * @param {string} key
   */
  #cancel(timers, key) {
    const timer = timers.get(key);
    if (timer !== undefined) this.#clock.clearTimeout(timer);
    timers.delete(key);
  }
}

/**
 * @param {string} stored
 * @returns {{ text: string, isNewer: boolean }}
 */
function parse(stored) {
  try {
    const { text, isNewer } = JSON.parse(stored);
    if (typeof text === "string") return { text, isNewer: isNewer === true };
  } catch {
    // What an older page has kept is the text itself.
  }
  return { text: stored, isNewer: true };
}
