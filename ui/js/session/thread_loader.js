/**
 * @import { Api } from "../api.js"
 * @import { Message } from "../protocol.generated.d.ts"
 * @import { LoadedPage } from "../store/timeline.js"
 * @import { Store } from "../store/store.js"
 */

import { readMessage, readReplies, readThreadState } from "../rest/threads.js";
import { withThreadState } from "../store/personal.js";
import { channelStream } from "../store/state.js";
import {
  withReplies,
  withRepliesAsked,
  withRepliesFailed,
  withThreadRoot,
  withThreadStarted,
} from "../store/threads.js";
import { PAGE_MESSAGES } from "../store/timeline.js";
import { sentence } from "./loader.js";

/** A root is read again when the channel went on meanwhile, but not for ever. */
const ROOT_READS = 3;

/** Reads threads over REST into the store. */
export class ThreadLoader {
  #api;
  #store;
  #generation = 0;

  /**
   * @param {Api} api
   * @param {Store} store
   */
  constructor(api, store) {
    this.#api = api;
    this.#store = store;
  }

  /**
   * The root of a thread, and what the thread is to the reader.
   *
   * @param {string} channelId
   * @param {string} rootId
   * @returns {Promise<Message>}
   */
  async root(channelId, rootId) {
    await this.#state(rootId);
    return await this.#root(channelId, rootId);
  }

  /**
   * Begin with the replies: at their end, or around a place.
   *
   * @param {Message} root
   * @param {number | null} aroundSeq
   */
  async replies(root, aroundSeq) {
    const generation = ++this.#generation;
    const kind = aroundSeq === null ? "newest" : "around";
    const place = aroundSeq === null ? { before: Number.MAX_SAFE_INTEGER } : { around: aroundSeq };
    this.#store.update((state) =>
      withThreadStarted(state, { rootId: root.id, channelId: root.channel_id, root }, {
        generation,
        atEnd: kind === "newest",
      })
    );
    await this.#page(root.id, generation, kind, place);
  }

  /** @param {string} rootId */
  async older(rootId) {
    const replies = this.#store.state.threads[rootId]?.replies;
    const first = replies?.messages[0];
    if (!replies?.isLoaded || !replies.hasOlder || replies.isLoadingOlder || !first) return;
    this.#store.update((state) => withRepliesAsked(state, rootId, "older"));
    await this.#page(rootId, replies.generation, "older", { before: first.seq });
  }

  /** @param {string} rootId */
  async newer(rootId) {
    const replies = this.#store.state.threads[rootId]?.replies;
    const last = replies?.messages.at(-1);
    if (!replies?.isLoaded || !replies.hasNewer || replies.isLoadingNewer || !last) return;
    this.#store.update((state) => withRepliesAsked(state, rootId, "newer"));
    await this.#page(rootId, replies.generation, "newer", { cursor: last.seq });
  }

  /**
   * @param {string} channelId
   * @param {string} rootId
   */
  async #root(channelId, rootId) {
    const { timelines, threads, cursors } = this.#store.state;
    const shown = timelines[channelId]?.messages.find(({ id }) => id === rootId) ??
      threads[rootId]?.root;
    // What is followed by events is as true as what could be read.
    if (shown && cursors[channelStream(channelId)] !== undefined) return shown;
    let root;
    for (let reads = 0; reads < ROOT_READS; reads++) {
      const cursor = this.#store.state.cursors[channelStream(channelId)];
      root = await readMessage(this.#api, rootId);
      if (cursor === this.#store.state.cursors[channelStream(channelId)]) break;
    }
    const read = /** @type {Message} */ (root);
    this.#store.update((state) => withThreadRoot(state, rootId, read));
    return read;
  }

  /** @param {string} rootId */
  async #state(rootId) {
    if (this.#store.state.personal.threads[rootId]) return;
    const thread = await readThreadState(this.#api, rootId);
    this.#store.update((state) =>
      // An event may have told more meanwhile.
      state.personal.threads[rootId]
        ? state
        : { ...state, personal: withThreadState(state.personal, thread) }
    );
  }

  /**
   * @param {string} rootId
   * @param {number} generation
   * @param {LoadedPage["kind"]} kind
   * @param {{ before?: number, cursor?: number, around?: number }} place
   */
  async #page(rootId, generation, kind, place) {
    try {
      const { results, has_more } = await readReplies(this.#api, rootId, {
        ...place,
        limit: PAGE_MESSAGES,
      });
      this.#store.update((state) =>
        withReplies(state, rootId, generation, {
          kind,
          messages: results,
          notices: [],
          hasMore: has_more,
        })
      );
    } catch (error) {
      this.#store.update((state) =>
        withRepliesFailed(state, rootId, generation, kind, sentence(error))
      );
    }
  }
}
