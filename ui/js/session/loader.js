/**
 * @import { Api } from "../api.js"
 * @import { Message, Quote } from "../protocol.generated.d.ts"
 * @import { Store } from "../store/store.js"
 * @import { LoadedPage } from "../store/timeline.js"
 */

import { t } from "../lib/i18n.js";
import { RequestFailed } from "../api.js";
import { readMessageAt } from "../rest/threads.js";
import {
  withChannel,
  withMembers,
  withMembersAsked,
  withMembersFailed,
  withMessages,
  withMessagesFailed,
  withPageAsked,
  withTimelinesOnly,
  withTimelineStarted,
  withUsers,
} from "../store/snapshots.js";
import { customEmoji } from "../rest/emoji.js";
import { firstMessageSince, oneMessage, savedMessages } from "../rest/messages.js";
import { quotedMessage, withQuoted } from "../store/quoted.js";
import { PAGE_MESSAGES } from "../store/timeline.js";

/** Timelines kept for a quick return. */
const TIMELINES_KEPT = 10;

/** Those who came in meanwhile are found after this. */
const DIRECTORY_FRESH_MS = 5 * 60_000;

/** Reads what a person wants to see, over REST, into the store. */
export class Loader {
  #api;
  #store;
  #directoryUntil = 0;
  #generation = 0;
  /** @type {Set<string>} */
  #usersAsked = new Set();
  /** @type {Set<string>} */
  #quotedAsked = new Set();
  /** @type {string[]} */
  #recent = [];

  /**
   * @param {Api} api
   * @param {Store} store
   */
  constructor(api, store) {
    this.#api = api;
    this.#store = store;
  }

  /**
   * Treat these like timelines that were loaded here.
   *
   * @param {string[]} channelIds the last one seen first
   */
  adopt(channelIds) {
    this.#recent = channelIds.slice(0, TIMELINES_KEPT);
  }

  /** Whoever was looked up before may be somebody else now. */
  forget() {
    this.#usersAsked.clear();
    this.#directoryUntil = 0;
  }

  /**
   * @param {string} channelId
   * @returns {Promise<boolean>} whether there is such a channel for this person
   */
  async channel(channelId) {
    if (this.#store.state.channels[channelId]?.membership) return true;
    try {
      const channel = await this.#api.channel(channelId);
      this.#store.update((state) => withChannel(state, channel));
      return true;
    } catch (error) {
      if (error instanceof RequestFailed && (error.status === 404 || error.status === 403)) {
        return false;
      }
      throw error;
    }
  }

  /**
   * Begin the channel's timeline anew: at its end, or around a place in it.
   *
   * @param {string} channelId
   * @param {number | null} aroundSeq
   */
  async timeline(channelId, aroundSeq) {
    const generation = ++this.#generation;
    const kind = aroundSeq === null ? "newest" : "around";
    this.#recent = [channelId, ...this.#recent.filter((id) => id !== channelId)].slice(
      0,
      TIMELINES_KEPT,
    );
    this.#store.update((state) =>
      withTimelineStarted(withTimelinesOnly(state, this.#recent), channelId, {
        generation,
        atEnd: kind === "newest",
      })
    );
    await this.#page(channelId, generation, kind, aroundSeq === null ? {} : { around: aroundSeq });
  }

  /** @param {string} channelId */
  async older(channelId) {
    const timeline = this.#store.state.timelines[channelId];
    const first = timeline?.messages[0];
    if (!timeline?.isLoaded || !timeline.hasOlder || timeline.isLoadingOlder || !first) return;
    this.#store.update((state) => withPageAsked(state, channelId, "older"));
    await this.#page(channelId, timeline.generation, "older", { before: first.seq });
  }

  /** @param {string} channelId */
  async newer(channelId) {
    const timeline = this.#store.state.timelines[channelId];
    const last = timeline?.messages.at(-1);
    if (!timeline?.isLoaded || !timeline.hasNewer || timeline.isLoadingNewer || !last) return;
    this.#store.update((state) => withPageAsked(state, channelId, "newer"));
    await this.#page(channelId, timeline.generation, "newer", { after: last.seq });
  }

  /**
   * @param {string} channelId
   * @param {number} seq
   * @returns {Promise<Message | null>} null: there is none, or it could not be asked for
   */
  async messageAt(channelId, seq) {
    try {
      return await readMessageAt(this.#api, channelId, seq);
    } catch {
      return null;
    }
  }

  /** @param {string} channelId */
  async members(channelId) {
    const list = this.#store.state.members[channelId];
    if (list && (list.isLoading || !list.hasMore)) return;
    this.#store.update((state) => withMembersAsked(state, channelId));
    try {
      const page = await this.#api.members(channelId, list?.nextCursor ?? null);
      this.#store.update((state) => withMembers(state, channelId, page));
    } catch (error) {
      this.#store.update((state) => withMembersFailed(state, channelId, sentence(error)));
    }
  }

  /** Everybody there is, so that people are found at once. Not more often than makes sense. */
  async directory() {
    if (Date.now() < this.#directoryUntil) return;
    this.#directoryUntil = Date.now() + DIRECTORY_FRESH_MS;
    /** @type {string | null} */
    let cursor = null;
    try {
      do {
        const page = await this.#api.users(cursor);
        this.#store.update((state) => withUsers(state, page.results));
        cursor = page.has_more ? page.next_cursor : null;
      } while (cursor !== null);
    } catch {
      this.#directoryUntil = 0;
    }
  }

  /** @param {string[]} userIds */
  async users(userIds) {
    const wanted = userIds.filter((userId) => !this.#usersAsked.has(userId));
    for (const userId of wanted) this.#usersAsked.add(userId);
    for (const userId of wanted) {
      try {
        const user = await this.#api.user(userId);
        this.#store.update((state) => withUsers(state, [user]));
      } catch (error) {
        // Somebody who cannot be seen stays "Somebody"; a lost connection is tried again.
        if (error instanceof RequestFailed && error.status === 0) this.#usersAsked.delete(userId);
      }
    }
  }

  /**
   * @param {string} channelId
   * @param {Date} moment
   */
  firstMessageSince(channelId, moment) {
    return firstMessageSince(this.#api, channelId, moment);
  }

  /** The workspace's own emoji. Without them their names are shown. */
  async customEmoji() {
    try {
      const emoji = await customEmoji(this.#api);
      this.#store.update((state) => ({
        ...state,
        customEmoji: Object.fromEntries(emoji.map((one) => [one.name, one])),
      }));
    } catch {
      // The next page asks again.
    }
  }

  /** Which messages are kept for later, the last ones: those are the ones that one meets. */
  async saved() {
    try {
      const { results } = await savedMessages(this.#api);
      const saved = Object.fromEntries(results.map(({ message }) => [message.id, true]));
      // What was heard meanwhile is newer.
      this.#store.update((state) => ({
        ...state,
        personal: { ...state.personal, saved: { ...saved, ...state.personal.saved } },
      }));
    } catch {
      // See above.
    }
  }

  /**
   * A message that another one quotes.
   *
   * @param {Pick<Quote, "channel_id" | "message_id">} quote
   */
  async quoted(quote) {
    const { message_id: id } = quote;
    if (this.#quotedAsked.has(id) || quotedMessage(this.#store.state, quote) !== undefined) return;
    this.#quotedAsked.add(id);
    try {
      const message = await oneMessage(this.#api, id);
      this.#store.update((state) => withQuoted(state, id, message));
    } catch (error) {
      const isHidden = error instanceof RequestFailed && error.status === 404;
      if (isHidden) this.#store.update((state) => withQuoted(state, id, null));
    } finally {
      this.#quotedAsked.delete(id);
    }
  }

  /**
   * @param {string} channelId
   * @param {number} generation
   * @param {LoadedPage["kind"]} kind
   * @param {{ before?: number, after?: number, around?: number }} place
   */
  async #page(channelId, generation, kind, place) {
    try {
      const { results, notices, has_more } = await this.#api.messages(channelId, {
        ...place,
        limit: PAGE_MESSAGES,
      });
      this.#store.update((state) =>
        withMessages(state, channelId, generation, {
          kind,
          messages: results,
          notices,
          hasMore: has_more,
        })
      );
    } catch (error) {
      this.#store.update((state) =>
        withMessagesFailed(state, channelId, generation, kind, sentence(error))
      );
    }
  }
}

/** @param {unknown} error */
export function sentence(error) {
  return error instanceof Error ? error.message : t("Something went wrong.");
}
