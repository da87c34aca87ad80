/**
 * Threads that are looked at: a root, and its replies as a timeline of their own.
 *
 * @import { Message, OrderedEvent } from "../protocol.generated.d.ts"
 * @import { State } from "./state.js"
 * @import { LoadedPage, Timeline } from "./timeline.js"
 */

import { EVENT } from "../protocol.generated.js";
import { tombstone, withoutReaction, withReaction, withText } from "./hanging.js";
import { removeArrived } from "./outbox.js";
import {
  startTimeline,
  withChange,
  withDeleted,
  withEdited,
  withFailure,
  withPage,
  withPosted,
} from "./timeline.js";

/** Threads kept for a quick return. */
const THREADS_KEPT = 5;

/**
 * @typedef {object} Thread
 * @property {string} rootId
 * @property {string} channelId
 * @property {Message | null} root null until it has come
 * @property {Timeline} replies
 */

/**
 * The thread that is open beside the channel.
 *
 * @typedef {object} ThreadPlace
 * @property {string} rootId
 * @property {string} channelId
 * @property {number | null} targetSeq the reply that a permalink points to
 * @property {number | null} dividerAfter "New" stands before the first foreign reply after this
 */

/**
 * Begin a thread anew. Those that were looked at longest ago are forgotten.
 *
 * @param {State} state
 * @param {Pick<Thread, "rootId" | "channelId" | "root">} thread
 * @param {{ generation: number, atEnd: boolean }} options
 * @returns {State}
 */
export function withThreadStarted(state, { rootId, channelId, root }, options) {
  const others = Object.values(state.threads).filter((thread) => thread.rootId !== rootId);
  const kept = others.toSorted((a, b) => b.replies.generation - a.replies.generation)
    .slice(0, THREADS_KEPT - 1);
  const thread = { rootId, channelId, root, replies: startTimeline(options) };
  return {
    ...state,
    threads: Object.fromEntries([...kept, thread].map((one) => [one.rootId, one])),
  };
}

/**
 * @param {State} state
 * @param {string} rootId
 * @param {Message} root
 * @returns {State}
 */
export function withThreadRoot(state, rootId, root) {
  return onThread(state, rootId, (thread) => ({ ...thread, root }));
}

/**
 * @param {State} state
 * @param {string} rootId
 * @param {number} generation
 * @param {LoadedPage} page
 * @returns {State}
 */
export function withReplies(state, rootId, generation, page) {
  if (state.threads[rootId]?.replies.generation !== generation) return state;
  const next = onReplies(state, rootId, (replies) => withPage(replies, page));
  return { ...next, outbox: removeArrived(next.outbox, page.messages, next.me.id) };
}

/**
 * @param {State} state
 * @param {string} rootId
 * @param {"older" | "newer"} kind
 * @returns {State}
 */
export function withRepliesAsked(state, rootId, kind) {
  const asked = kind === "older" ? { isLoadingOlder: true } : { isLoadingNewer: true };
  return onReplies(state, rootId, (replies) => ({ ...replies, ...asked, error: null }));
}

/**
 * @param {State} state
 * @param {string} rootId
 * @param {number} generation
 * @param {LoadedPage["kind"]} kind
 * @param {string} error
 * @returns {State}
 */
export function withRepliesFailed(state, rootId, generation, kind, error) {
  if (state.threads[rootId]?.replies.generation !== generation) return state;
  return onReplies(state, rootId, (replies) => withFailure(replies, kind, error));
}

/**
 * What was read before an event that was missed is not true any more.
 *
 * @param {State["threads"]} threads
 * @param {string} channelId
 */
export function withoutThreadsOf(threads, channelId) {
  const rest = Object.entries(threads).filter(([, thread]) => thread.channelId !== channelId);
  return Object.fromEntries(rest);
}

/**
 * @param {State} state
 * @param {OrderedEvent} event
 * @returns {State}
 */
export function reduceThreads(state, event) {
  switch (event.type) {
    case EVENT.MESSAGE_POSTED:
      return posted(state, event.message, event.thread);
    case EVENT.MESSAGE_EDITED:
      return onMessage(
        state,
        event.channel_id,
        event.message.id,
        (root) => withText(root, event.message),
        (replies) =>
          event.message.thread_id === null ? replies : withEdited(replies, event.message),
      );
    case EVENT.MESSAGE_DELETED:
      return deleted(state, event);
    case EVENT.MESSAGE_PINNED:
      return onEither(state, event.channel_id, event.message_id, (message) => ({
        ...message,
        pinned_at: event.at,
        pinned_by_id: event.actor_id,
      }));
    case EVENT.MESSAGE_UNPINNED:
      return onEither(state, event.channel_id, event.message_id, (message) => ({
        ...message,
        pinned_at: null,
        pinned_by_id: null,
      }));
    case EVENT.REACTION_ADDED:
      return onEither(
        state,
        event.channel_id,
        event.message_id,
        (message) => withReaction(message, event.emoji, event.user_id),
      );
    case EVENT.REACTION_REMOVED:
      return onEither(
        state,
        event.channel_id,
        event.message_id,
        (message) => withoutReaction(message, event.emoji, event.user_id),
      );
    default:
      return state;
  }
}

/**
 * Up to where somebody who sees the end of the open thread has read; null when there is nothing to
 * say.
 *
 * @param {State} state
 */
export function threadReadableUpTo({ thread: place, threads, personal }) {
  const replies = place ? threads[place.rootId]?.replies : undefined;
  const known = place ? personal.threads[place.rootId] : undefined;
  const last = replies?.messages.at(-1)?.seq;
  if (!known || !replies?.isLoaded || replies.hasNewer || last === undefined) return null;
  return last > known.read_seq ? last : null;
}

/**
 * @param {State} state
 * @param {Message} message
 * @param {import("../protocol.generated.d.ts").ThreadSummary | null} summary
 */
function posted(state, message, summary) {
  const rootId = message.thread_id;
  if (rootId === null || !state.threads[rootId]) return state;
  const isFollowed = state.thread?.rootId !== rootId || state.attention.isAtThreadEnd;
  const next = onThread(state, rootId, (thread) => ({
    ...thread,
    root: withSummary(thread.root, summary),
    replies: withPosted(thread.replies, message, { isFollowed }),
  }));
  return withDividerForAbsent(next, message);
}

/**
 * @param {State} state
 * @param {import("../protocol.generated.d.ts").MessageDeleted} event
 */
function deleted(state, { channel_id, message_id, thread: summary, at }) {
  const next = onMessage(
    state,
    channel_id,
    message_id,
    (root) => tombstone(root, at),
    (replies) => withDeleted(replies, message_id, at),
  );
  if (!summary) return next;
  return onThread(next, summary.root_id, (thread) => ({
    ...thread,
    root: withSummary(thread.root, summary),
  }));
}

/**
 * Somebody who is not looking finds "New" where they stopped reading.
 *
 * @param {State} state
 * @param {Message} message
 * @returns {State}
 */
function withDividerForAbsent(state, message) {
  const { thread: place, attention, me, personal } = state;
  if (!place || place.rootId !== message.thread_id || attention.isFocused) return state;
  if (message.author_id === me.id || message.deleted_at !== null) return state;
  const readSeq = personal.threads[place.rootId]?.read_seq;
  if (readSeq === undefined) return state;
  if (place.dividerAfter !== null && place.dividerAfter >= readSeq) return state;
  return { ...state, thread: { ...place, dividerAfter: readSeq } };
}

/**
 * @param {Message | null} root
 * @param {import("../protocol.generated.d.ts").ThreadSummary | null} summary
 */
function withSummary(root, summary) {
  if (!root || !summary) return root;
  return { ...root, thread: summary.reply_count > 0 ? summary : null };
}

/**
 * @param {State} state
 * @param {string} channelId
 * @param {string} messageId
 * @param {(message: Message) => Message} change
 */
function onEither(state, channelId, messageId, change) {
  return onMessage(
    state,
    channelId,
    messageId,
    change,
    (replies) => withChange(replies, messageId, change),
  );
}

/**
 * @param {State} state
 * @param {string} channelId
 * @param {string} messageId
 * @param {(root: Message) => Message} changeRoot
 * @param {(replies: Timeline) => Timeline} changeReplies
 * @returns {State}
 */
function onMessage(state, channelId, messageId, changeRoot, changeReplies) {
  const open = Object.values(state.threads).filter((thread) => thread.channelId === channelId);
  return open.reduce((next, { rootId }) => {
    if (rootId !== messageId) return onReplies(next, rootId, changeReplies);
    return onThread(next, rootId, (thread) => ({
      ...thread,
      root: thread.root && changeRoot(thread.root),
    }));
  }, state);
}

/**
 * @param {State} state
 * @param {string} rootId
 * @param {(replies: Timeline) => Timeline} change
 */
function onReplies(state, rootId, change) {
  return onThread(state, rootId, (thread) => {
    const replies = change(thread.replies);
    return replies === thread.replies ? thread : { ...thread, replies };
  });
}

/**
 * @param {State} state
 * @param {string} rootId
 * @param {(thread: Thread) => Thread} change
 * @returns {State}
 */
function onThread(state, rootId, change) {
  const thread = state.threads[rootId];
  if (!thread) return state;
  const next = change(thread);
  return next === thread ? state : { ...state, threads: { ...state.threads, [rootId]: next } };
}
