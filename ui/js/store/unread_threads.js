/**
 * The followed threads where something is unread: what the server counted, and each reply heard since.
 *
 * @import { OrderedEvent, ThreadUnread, UnreadOverview } from "../protocol.generated.d.ts"
 * @import { State } from "./state.js"
 */

import { EVENT } from "../protocol.generated.js";
import { withThreadState } from "./personal.js";
import { without } from "./state.js";

/**
 * @typedef {object} UnreadThread
 * @property {string} channelId
 * @property {number} replies as the server counted them, up to `lastSeq`
 * @property {number} mentions
 * @property {number} lastSeq
 * @property {number[]} heard the seqs of replies since
 */

/**
 * @param {State} state
 * @param {Pick<UnreadOverview, "threads" | "following">} overview
 * @returns {State}
 */
export function withThreadOverview(state, { threads, following }) {
  const personal = following.reduce((known, thread) => {
    const told = known.threads[thread.root_id];
    // What was said here and not told yet is not undone by an older word.
    const read_seq = Math.max(told?.read_seq ?? 0, thread.read_seq);
    return withThreadState(known, { ...thread, read_seq });
  }, state.personal);
  const counted = Object.fromEntries(threads.map((row) => [row.root_id, fromServer(row)]));
  for (const [rootId, thread] of Object.entries(state.unreadThreads)) {
    const lastSeq = Math.max(
      counted[rootId]?.lastSeq ?? 0,
      personal.threads[rootId]?.read_seq ?? 0,
    );
    const heard = thread.heard.filter((seq) => seq > lastSeq);
    if (heard.length === 0) continue;
    const base = counted[rootId] ?? { ...thread, replies: 0, mentions: 0, lastSeq };
    counted[rootId] = { ...base, heard };
  }
  return { ...state, personal, unreadThreads: counted, areThreadsStale: false };
}

/** @param {UnreadThread} thread */
export function unreadReplies({ replies, heard }) {
  return replies + heard.length;
}

/**
 * @param {State} state
 * @param {string} rootId
 * @param {number} seq
 * @returns {State}
 */
export function withThreadRead(state, rootId, seq) {
  const known = state.personal.threads[rootId];
  const personal = known && known.read_seq < seq
    ? withThreadState(state.personal, { ...known, read_seq: seq })
    : state.personal;
  return readUpTo({ ...state, personal }, rootId, seq);
}

/**
 * After what belongs to the person alone has taken the event in.
 *
 * @param {State} state
 * @param {OrderedEvent} event
 * @returns {State}
 */
export function reduceUnreadThreads(state, event) {
  switch (event.type) {
    case EVENT.MESSAGE_POSTED:
      return posted(state, event);
    case EVENT.MESSAGE_DELETED:
      return event.thread && event.thread.root_id in state.unreadThreads
        ? { ...state, areThreadsStale: true }
        : state;
    case EVENT.MENTION_CREATED:
      return event.thread_id === null ? state : { ...state, areThreadsStale: true };
    case EVENT.THREAD_CHANGED:
      if (event.is_following) return readUpTo(state, event.root_id, event.read_seq);
      return { ...state, unreadThreads: without(state.unreadThreads, event.root_id) };
    case EVENT.READ_ALL_CHANGED:
      return Object.entries(state.unreadThreads).reduce(
        (next, [rootId, { channelId }]) => readUpTo(next, rootId, event.markers[channelId] ?? 0),
        state,
      );
    default:
      return state;
  }
}

/**
 * @param {State["unreadThreads"]} threads
 * @param {string} channelId
 */
export function withoutUnreadOf(threads, channelId) {
  return Object.fromEntries(
    Object.entries(threads).filter(([, thread]) => thread.channelId !== channelId),
  );
}

/**
 * @param {ThreadUnread} row
 * @returns {UnreadThread}
 */
function fromServer({ channel_id, replies, mentions, last_reply_seq }) {
  return { channelId: channel_id, replies, mentions, lastSeq: last_reply_seq, heard: [] };
}

/**
 * @param {State} state
 * @param {import("../protocol.generated.d.ts").MessagePosted} event
 * @returns {State}
 */
function posted(state, { message, thread }) {
  const rootId = message.thread_id;
  if (rootId === null || message.deleted_at !== null) return state;
  if (message.author_id === state.me.id) return readUpTo(state, rootId, message.seq);
  const known = state.personal.threads[rootId];
  if (!known) {
    // Followed long before what the overview names: only the server knows how far it was read.
    const isMine = thread?.replier_ids.includes(state.me.id) ?? false;
    return isMine ? { ...state, areThreadsStale: true } : state;
  }
  if (!known.is_following || message.seq <= known.read_seq) return state;
  const before = state.unreadThreads[rootId] ??
    { channelId: message.channel_id, replies: 0, mentions: 0, lastSeq: known.read_seq, heard: [] };
  if (message.seq <= before.lastSeq || before.heard.includes(message.seq)) return state;
  const after = { ...before, heard: [...before.heard, message.seq] };
  return { ...state, unreadThreads: { ...state.unreadThreads, [rootId]: after } };
}

/**
 * @param {State} state
 * @param {string} rootId
 * @param {number} seq
 * @returns {State}
 */
function readUpTo(state, rootId, seq) {
  const thread = state.unreadThreads[rootId];
  if (!thread) return state;
  const heard = thread.heard.filter((one) => one > seq);
  if (seq < thread.lastSeq) {
    const isTouched = thread.replies > 0 && seq > 0;
    return isTouched ? { ...state, areThreadsStale: true } : state;
  }
  if (heard.length === 0) {
    return { ...state, unreadThreads: without(state.unreadThreads, rootId) };
  }
  const rest = { ...thread, replies: 0, mentions: 0, lastSeq: seq, heard };
  return { ...state, unreadThreads: { ...state.unreadThreads, [rootId]: rest } };
}
