/**
 * @import { Api } from "../api.js"
 * @import { Message } from "../protocol.generated.d.ts"
 * @import { Route, Router } from "../router.js"
 * @import { Reading } from "../session/reading.js"
 * @import { ThreadLoader } from "../session/thread_loader.js"
 * @import { Store } from "../store/store.js"
 * @import { UiState } from "../ui_state.js"
 */

import { RequestFailed } from "../api.js";
import { t } from "../lib/i18n.js";
import { follow } from "../rest/threads.js";
import { channelRoute, threadRoute } from "../router.js";
import { sentence } from "../session/loader.js";
import { withThreadState } from "../store/personal.js";
import { PAGE_MESSAGES } from "../store/timeline.js";

/** Going into a thread and out of it, and saying whether one follows it. */
export class Threads {
  #api;
  #store;
  #ui;
  #router;
  #loader;
  #reading;
  /** What is being opened just now. */
  #opening = "";

  /**
   * @param {object} parts
   * @param {Api} parts.api
   * @param {Store} parts.store
   * @param {UiState} parts.ui
   * @param {Router} parts.router
   * @param {ThreadLoader} parts.loader
   * @param {Reading} parts.reading
   */
  constructor({ api, store, ui, router, loader, reading }) {
    this.#api = api;
    this.#store = store;
    this.#ui = ui;
    this.#router = router;
    this.#loader = loader;
    this.#reading = reading;
  }

  /**
   * The thread of a message: of its own, or the one that it stands in.
   *
   * @param {Message} message
   */
  open({ id, channel_id, thread_id, seq }) {
    this.#router.push(threadRoute(channel_id, thread_id ?? id, thread_id === null ? null : seq));
  }

  /** Back to the channel alone. */
  close() {
    const { place, thread } = this.#store.state;
    if (!thread) return;
    this.#router.back(channelRoute(thread.channelId, place?.targetSeq ?? null));
  }

  /** Nothing is beside the channel any more. */
  leave() {
    if (this.#store.state.thread === null) return;
    this.#store.update((state) => ({ ...state, thread: null }));
  }

  /**
   * Show what the address says.
   *
   * @param {Route} route
   */
  async show({ channelId, threadId, seq }) {
    if (channelId === null || threadId === null) return;
    const opening = `${threadId}/${seq}`;
    if (this.#opening === opening) return;
    this.#opening = opening;
    try {
      await this.#show(channelId, threadId, seq);
    } finally {
      if (this.#opening === opening) this.#opening = "";
    }
  }

  /**
   * @param {string} channelId
   * @param {string} threadId
   * @param {number | null} seq
   */
  async #show(channelId, threadId, seq) {
    const { thread: before, threads } = this.#store.state;
    this.#ui.threadProblem.value = "";
    const isReturn = before?.rootId === threadId;
    // What is asked for last is what one sees.
    if (!isReturn) this.#ui.panel.value = null;
    this.#store.update((state) => ({
      ...state,
      thread: {
        rootId: threadId,
        channelId,
        targetSeq: seq,
        dividerAfter: isReturn ? before.dividerAfter : null,
      },
      attention: isReturn ? state.attention : { ...state.attention, isAtThreadEnd: false },
    }));
    const kept = threads[threadId];
    if (isReturn && kept && holds(kept.replies, seq)) return;
    try {
      const root = await this.#loader.root(channelId, threadId);
      if (this.#router.route.peek().threadId !== threadId) return;
      if (root.thread_id !== null || root.channel_id !== channelId) {
        this.#router.replace(
          root.thread_id === null
            ? threadRoute(root.channel_id, root.id, seq)
            : threadRoute(root.channel_id, root.thread_id, root.seq),
        );
        return;
      }
      await this.#enter(root, seq);
    } catch (error) {
      const isMissing = error instanceof RequestFailed && [403, 404].includes(error.status);
      this.#ui.threadProblem.value = isMissing ? "missing" : "unreachable";
    }
  }

  /** To the newest reply of the open thread. */
  async jumpToLatest() {
    const { thread: place, threads } = this.#store.state;
    const thread = place && threads[place.rootId];
    if (!thread?.root) return;
    if (thread.replies.hasNewer) await this.#loader.replies(thread.root, null);
    this.#ui.threadEndWishes.value += 1;
  }

  /**
   * @param {string} rootId
   * @param {boolean} isFollowing
   */
  async follow(rootId, isFollowing) {
    try {
      const thread = await follow(this.#api, rootId, isFollowing);
      this.#store.update((state) => ({
        ...state,
        personal: withThreadState(state.personal, thread),
      }));
      this.#ui.say(
        isFollowing ? t("You hear of new replies.") : t("You hear of new replies no longer."),
      );
    } catch (error) {
      this.#ui.say(t("That did not work. {reason}", { reason: sentence(error) }));
    }
  }

  /** @param {string} rootId */
  markRead(rootId) {
    const unread = this.#store.state.unreadThreads[rootId];
    if (unread) this.#reading.markThreadRead(rootId, Math.max(unread.lastSeq, ...unread.heard));
  }

  /** All that is known to have something unread. */
  markAllRead() {
    for (const rootId of Object.keys(this.#store.state.unreadThreads)) this.markRead(rootId);
  }

  /** @param {{ id: string, channel_id: string }} root */
  async copyLink({ id, channel_id }) {
    const link = `${location.origin}/channels/${channel_id}/threads/${id}`;
    try {
      await navigator.clipboard.writeText(link);
      this.#ui.say(t("Link copied."));
    } catch {
      // Only pages with HTTPS may write to the clipboard.
      this.#ui.say(link);
    }
  }

  /**
   * Land on what was asked for, else on the first unread reply, else at the end.
   *
   * @param {Message} root
   * @param {number | null} targetSeq
   */
  async #enter(root, targetSeq) {
    const { personal, threads } = this.#store.state;
    const known = personal.threads[root.id];
    const lastSeq = root.thread?.last_reply_seq ?? 0;
    const isUnread = known?.is_following === true && known.read_seq < lastSeq;
    this.#store.update((state) => ({
      ...state,
      thread: state.thread && {
        ...state.thread,
        dividerAfter: state.thread.dividerAfter ?? (isUnread ? known.read_seq : null),
      },
    }));
    if (holds(threads[root.id]?.replies, targetSeq)) return;
    const isShort = (root.thread?.reply_count ?? 0) < PAGE_MESSAGES;
    const firstUnread = isUnread && known.read_seq > 0 ? known.read_seq : null;
    await this.#loader.replies(root, isShort ? null : targetSeq ?? firstUnread);
  }
}

/**
 * @param {import("../store/timeline.js").Timeline | undefined} replies
 * @param {number | null} seq
 */
function holds(replies, seq) {
  if (!replies?.isLoaded) return false;
  return seq === null || replies.messages.some((message) => message.seq === seq);
}
