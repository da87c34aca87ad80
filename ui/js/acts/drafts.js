/**
 * @import { Shelf } from "../lib/storage.js"
 * @import { Store } from "../store/store.js"
 */

import { draftKey } from "../store/personal.js";

const SAVE_MS = 500;

/** What was begun and not sent, kept for each channel and each thread. */
export class Drafts {
  #store;
  #shelf;
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #timers = new Map();

  /**
   * @param {Store} store
   * @param {Shelf} shelf
   */
  constructor(store, shelf) {
    this.#store = store;
    this.#shelf = shelf;
  }

  restore() {
    const drafts = Object.fromEntries(this.#shelf.entries());
    this.#store.update((state) => ({ ...state, drafts }));
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
    this.#store.update((state) => ({ ...state, drafts: { ...state.drafts, [key]: text } }));
    clearTimeout(this.#timers.get(key));
    this.#timers.set(key, setTimeout(() => this.flush(), SAVE_MS));
    // What was sent must not come back with the next page.
    if (text === "") this.flush();
  }

  /** Save what was just typed, as when the page may end. */
  flush() {
    for (const [key, timer] of this.#timers) {
      clearTimeout(timer);
      this.#shelf.set(key, this.#store.state.drafts[key] || null);
    }
    this.#timers.clear();
  }

  /** Leave nothing for whoever uses this browser next. */
  forget() {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    for (const [key] of this.#shelf.entries()) this.#shelf.set(key, null);
  }
}
