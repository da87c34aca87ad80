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
    if (text === "") this.#shelf.set(channelId, null);
    else {
      this.#timers.set(channelId, setTimeout(() => this.#shelf.set(channelId, text), SAVE_MS));
    }
  }

  /** Leave nothing for whoever uses this browser next. */
  forget() {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const [channelId] of this.#shelf.entries()) this.#shelf.set(channelId, null);
  }
}
