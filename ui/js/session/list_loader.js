/**
 * @import { Api } from "../api.js"
 * @import { Message } from "../protocol.generated.d.ts"
 * @import { Clock } from "../lib/clock.js"
 * @import { ListName, ListPage } from "../store/lists.js"
 * @import { Loader } from "./loader.js"
 * @import { Store } from "../store/store.js"
 */

import { RequestFailed } from "../api.js";
import {
  withContext,
  withListAsked,
  withListFailed,
  withListHead,
  withListHeadAsked,
  withListPage,
  withListStarted,
} from "../store/lists.js";
import { sentence } from "./loader.js";

/** Events come in bursts: the beginning is read again once for all of them. */
const CALM_MS = 400;

/** A page can be empty and not the last one. So many in a row are asked for at once. */
const EMPTY_PAGES = 5;

/**
 * @typedef {(api: Api, subject: string, cursor: string | null) => Promise<ListPage>} ReadList
 */

/** Reads lists over REST into the store, page by page. */
export class ListLoader {
  #api;
  #store;
  #clock;
  #channels;
  #generation = 0;
  /** @type {Partial<Record<ListName, ReadList>>} */
  #readers = {};
  /** @type {Set<ListName>} */
  #refreshing = new Set();

  /**
   * @param {object} parts
   * @param {Api} parts.api
   * @param {Store} parts.store
   * @param {Clock} parts.clock
   * @param {Pick<Loader, "channel">} parts.channels
   */
  constructor({ api, store, clock, channels }) {
    this.#channels = channels;
    this.#api = api;
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Begin a list, unless it is there already.
   *
   * @param {ListName} name
   * @param {string} subject
   * @param {ReadList} read
   */
  async open(name, subject, read) {
    this.#readers[name] = read;
    const list = this.#store.state.lists[name];
    if (list?.subject === subject && (list.isLoaded || list.isLoading)) {
      if (list.isStale) this.refresh(name);
      return;
    }
    await this.begin(name, subject, read);
  }

  /**
   * @param {ListName} name
   * @param {string} subject
   * @param {ReadList} read
   * @param {{ keeps: boolean }} [options] keeps: what is there stays until something else has come
   */
  async begin(name, subject, read, { keeps } = { keeps: false }) {
    this.#readers[name] = read;
    const generation = ++this.#generation;
    this.#store.update((state) => withListStarted(state, name, { subject, generation, keeps }));
    await this.#page(name, subject, generation, null);
  }

  /** @param {ListName} name */
  async more(name) {
    const list = this.#store.state.lists[name];
    if (!list || list.isLoading || !list.hasMore) return;
    this.#store.update((state) => withListAsked(state, name));
    await this.#page(name, list.subject, list.generation, list.cursor);
  }

  /**
   * What was said just before and after the message of a line.
   *
   * @param {ListName} name
   * @param {import("../store/lists.js").ListEntry} entry
   * @param {(api: Api, message: Message) => Promise<Message[]>} read
   */
  async context(name, { key, messages: [message] }, read) {
    if (!message) return;
    const around = await read(this.#api, message);
    this.#store.update((state) => withContext(state, name, key, around));
  }

  /**
   * After a failure: from where it stopped.
   *
   * @param {ListName} name
   */
  async again(name) {
    const list = this.#store.state.lists[name];
    const read = this.#readers[name];
    if (!list || !read) return;
    if (!list.isLoaded) await this.begin(name, list.subject, read);
    else if (list.hasMore && !list.isStale) await this.more(name);
    else this.refresh(name);
  }

  /**
   * Read the beginning again, in a moment.
   *
   * @param {ListName} name
   */
  refresh(name) {
    if (this.#refreshing.has(name)) return;
    this.#refreshing.add(name);
    this.#clock.setTimeout(() => this.#head(name), CALM_MS);
  }

  /** @param {ListName} name */
  async #head(name) {
    this.#refreshing.delete(name);
    const list = this.#store.state.lists[name];
    const read = this.#readers[name];
    if (!list?.isLoaded || !read) return;
    this.#store.update((state) => withListHeadAsked(state, name));
    try {
      const page = await read(this.#api, list.subject, null);
      this.#store.update((state) => withListHead(state, name, list.generation, page));
      this.#needChannels(page);
    } catch (error) {
      this.#store.update((state) => withListFailed(state, name, list.generation, problem(error)));
    }
  }

  /**
   * One may read public channels that one is not in: what are they called?
   *
   * @param {ListPage} page
   */
  #needChannels({ entries }) {
    const ids = new Set(entries.map(({ channelId }) => channelId));
    for (const id of ids) {
      if (!(id in this.#store.state.channels)) this.#channels.channel(id).catch(() => {});
    }
  }

  /**
   * @param {ListName} name
   * @param {string} subject
   * @param {number} generation
   * @param {string | null} start
   */
  async #page(name, subject, generation, start) {
    const read = /** @type {ReadList} */ (this.#readers[name]);
    let cursor = start;
    try {
      for (let pages = 0; pages < EMPTY_PAGES; pages++) {
        const page = await read(this.#api, subject, cursor);
        cursor = page.cursor;
        const isLast = page.entries.length > 0 || cursor === null || pages + 1 === EMPTY_PAGES;
        if (!isLast) continue;
        this.#store.update((state) => withListPage(state, name, generation, page));
        this.#needChannels(page);
        return;
      }
    } catch (error) {
      this.#store.update((state) => withListFailed(state, name, generation, problem(error)));
    }
  }
}

/** @param {unknown} error */
function problem(error) {
  if (!(error instanceof RequestFailed)) return { code: "", text: sentence(error) };
  return { code: error.code, text: Object.values(error.fields)[0] ?? error.message };
}
