/**
 * @import { Shelf } from "../lib/storage.js"
 * @import { Store } from "../store/store.js"
 */

const SAVE_MS = 500;

/** What was begun and not sent, kept for each channel. */
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

  /** @param {string} channelId */
  of(channelId) {
    return this.#store.state.drafts[channelId] ?? "";
  }

  /**
   * @param {string} channelId
   * @param {string} text
   */
  save(channelId, text) {
    if (text === this.of(channelId)) return;
    this.#store.update((state) => ({
      ...state,
      drafts: { ...state.drafts, [channelId]: text },
    }));
    clearTimeout(this.#timers.get(channelId));
    this.#timers.set(channelId, setTimeout(() => this.flush(), SAVE_MS));
    // What was sent must not come back with the next page.
    if (text === "") this.flush();
  }

  /** Save what was just typed, as when the page may end. */
  flush() {
    for (const [channelId, timer] of this.#timers) {
      clearTimeout(timer);
      this.#shelf.set(channelId, this.of(channelId) || null);
    }
    this.#timers.clear();
  }

  /** Leave nothing for whoever uses this browser next. */
  forget() {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    for (const [channelId] of this.#shelf.entries()) this.#shelf.set(channelId, null);
  }
}
