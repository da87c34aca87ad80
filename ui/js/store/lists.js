/**
 * Lists of messages from many places: what mentions one, what one follows, kept, searched for …
 *
 * The server says what is in a list, page by page; events keep what is shown true, and say when the
 * beginning has to be read again.
 *
 * @import { ChannelFile, MentionEntry, Message, OrderedEvent, SnippetPart } from "../protocol.generated.d.ts"
 * @import { State } from "./state.js"
 */

import { EVENT } from "../protocol.generated.js";
import { withoutReaction, withReaction } from "./hanging.js";
import { isInChannel, startTimeline, withChange, withDeleted, withEdited } from "./timeline.js";

/** @typedef {"threads" | "mentions" | "unreads" | "saved" | "search" | "pins" | "files"} ListName */

/**
 * A line of a list. Of a thread: the root, then its last replies. Of a conversation: what is unread.
 *
 * @typedef {object} ListEntry
 * @property {string} key
 * @property {string} channelId
 * @property {Message[]} messages
 * @property {boolean} [isUnread] it was when the server was asked
 * @property {MentionEntry["reason"]} [reason]
 * @property {SnippetPart[]} [snippet]
 * @property {ChannelFile} [file]
 * @property {string} [at] when it came into the list, where that is not when it was said
 */

/**
 * @typedef {object} List
 * @property {string} subject what it is a list of: a channel, a search, a filter
 * @property {number} generation answers to an older one are dropped
 * @property {ListEntry[]} entries
 * @property {string | null} cursor of the next page
 * @property {boolean} isLoaded
 * @property {boolean} isLoading
 * @property {boolean} hasMore
 * @property {boolean} isStale its beginning has changed
 * @property {boolean} isOutdated what is shown is of the subject before, until the first page comes
 * @property {ListProblem | null} problem why the last page did not come
 */

/** @typedef {{ code: string, text: string }} ListProblem code: of the protocol, or empty */

/**
 * @typedef {object} ListPage
 * @property {ListEntry[]} entries
 * @property {string | null} cursor
 */

/** Unread messages shown of each conversation. */
export const UNREADS_SHOWN = 5;

/** Replies shown of each thread. */
const REPLIES_SHOWN = 3;

/**
 * @param {State} state
 * @param {ListName} name
 * @param {{ subject: string, generation: number, keeps: boolean }} options keeps: what is there stays
 *   until something else has come
 * @returns {State}
 */
export function withListStarted(state, name, { subject, generation, keeps }) {
  const shown = keeps ? state.lists[name] : undefined;
  return onList(state, name, () => ({
    subject,
    generation,
    entries: shown?.entries ?? [],
    cursor: null,
    isLoaded: shown?.isLoaded ?? false,
    isOutdated: shown?.isLoaded ?? false,
    isLoading: true,
    hasMore: true,
    isStale: false,
    problem: null,
  }));
}

/**
 * @param {State} state
 * @param {ListName} name
 * @returns {State}
 */
export function withListAsked(state, name) {
  return onKnown(state, name, (list) => ({ ...list, isLoading: true, problem: null }));
}

/**
 * @param {State} state
 * @param {ListName} name
 * @param {number} generation
 * @param {ListPage} page
 * @returns {State}
 */
export function withListPage(state, name, generation, { entries, cursor }) {
  return onKnown(state, name, (list) => {
    if (list.generation !== generation) return list;
    const shown = list.isOutdated ? [] : list.entries;
    const known = new Set(shown.map(({ key }) => key));
    return {
      ...list,
      entries: [...shown, ...entries.filter(({ key }) => !known.has(key))],
      isOutdated: false,
      cursor,
      hasMore: cursor !== null,
      isLoaded: true,
      isLoading: false,
      problem: null,
    };
  });
}

/**
 * The beginning is being read again: what changes from now on makes it stale once more.
 *
 * @param {State} state
 * @param {ListName} name
 * @returns {State}
 */
export function withListHeadAsked(state, name) {
  return onKnown(state, name, (list) => ({ ...list, isStale: false, problem: null }));
}

/**
 * The beginning of a list, read again. What was further down stays, unless there is a hole between.
 *
 * @param {State} state
 * @param {ListName} name
 * @param {number} generation
 * @param {ListPage} page
 * @returns {State}
 */
export function withListHead(state, name, generation, { entries, cursor }) {
  return onKnown(state, name, (list) => {
    if (list.generation !== generation) return list;
    const fresh = new Set(entries.map(({ key }) => key));
    const isJoined = list.entries.some(({ key }) => fresh.has(key));
    if (cursor === null || !isJoined) {
      return { ...list, entries, cursor, hasMore: cursor !== null };
    }
    const rest = list.entries.filter(({ key }) => !fresh.has(key));
    return { ...list, entries: [...entries, ...rest] };
  });
}

/**
 * @param {State} state
 * @param {ListName} name
 * @param {number} generation
 * @param {ListProblem} problem
 * @returns {State}
 */
export function withListFailed(state, name, generation, problem) {
  return onKnown(
    state,
    name,
    (list) => list.generation === generation ? { ...list, isLoading: false, problem } : list,
  );
}

/**
 * What was said around the message of a line.
 *
 * @param {State} state
 * @param {ListName} name
 * @param {string} key
 * @param {Message[]} around
 * @returns {State}
 */
export function withContext(state, name, key, around) {
  return onKnown(state, name, (list) => ({
    ...list,
    entries: list.entries.map((entry) => {
      const [message] = entry.messages;
      if (entry.key !== key || !message) return entry;
      return { ...entry, messages: [message, ...around.filter(({ id }) => id !== message.id)] };
    }),
  }));
}

/**
 * @param {State} state
 * @param {ListName} name
 * @param {string} key
 * @returns {State}
 */
export function withoutEntry(state, name, key) {
  return onKnown(state, name, (list) => {
    const entries = list.entries.filter((entry) => entry.key !== key);
    return entries.length === list.entries.length ? list : { ...list, entries };
  });
}

/**
 * Nothing is certain any more, as after a gap that could not be filled.
 *
 * @param {State["lists"]} lists
 */
export function staleLists(lists) {
  return Object.fromEntries(
    Object.entries(lists).map(([name, list]) => [name, list && { ...list, isStale: true }]),
  );
}

/**
 * Whether what was unread when the server was asked still is.
 *
 * @param {ListEntry} entry
 * @param {{ unread: State["unread"], threads: State["personal"]["threads"] }} markers
 */
export function isStillUnread({ isUnread, messages: [message] }, { unread, threads }) {
  if (!isUnread || !message) return false;
  const thread = message.thread_id === null || message.also_to_channel || message.broad !== ""
    ? undefined
    : threads[message.thread_id];
  const readSeq = thread ? thread.read_seq : unread[message.channel_id]?.readSeq ?? 0;
  return message.seq > readSeq;
}

/**
 * @param {State["lists"]} lists
 * @param {string} channelId a channel that cannot be read any more
 * @returns {State["lists"]}
 */
export function withoutEntriesOf(lists, channelId) {
  return Object.fromEntries(
    Object.entries(lists).map(([name, list]) => [
      name,
      list &&
      { ...list, entries: list.entries.filter((entry) => entry.channelId !== channelId) },
    ]),
  );
}

/**
 * @param {State} state
 * @param {OrderedEvent} event
 * @returns {State}
 */
export function reduceLists(state, event) {
  switch (event.type) {
    case EVENT.MESSAGE_POSTED:
      return posted(state, event.message);
    case EVENT.MESSAGE_EDITED:
      return onMessages(state, event.message.id, (one) => withEdited(one, event.message));
    case EVENT.MESSAGE_DELETED:
      return deleted(state, event.message_id, event.at);
    case EVENT.MESSAGE_PINNED:
      return stale(pinned(state, event.message_id, event.at, event.actor_id), "pins", event);
    case EVENT.MESSAGE_UNPINNED:
      return withoutEntry(pinned(state, event.message_id, null, null), "pins", event.message_id);
    case EVENT.REACTION_ADDED:
      return onMessages(
        state,
        event.message_id,
        (one) =>
          withChange(
            one,
            event.message_id,
            (message) => withReaction(message, event.emoji, event.user_id),
          ),
      );
    case EVENT.REACTION_REMOVED:
      return onMessages(
        state,
        event.message_id,
        (one) =>
          withChange(
            one,
            event.message_id,
            (message) => withoutReaction(message, event.emoji, event.user_id),
          ),
      );
    case EVENT.MENTION_CREATED:
      return stale(state, "mentions");
    case EVENT.THREAD_CHANGED:
      return stale(state, "threads");
    case EVENT.SAVED_CHANGED:
      if (event.is_saved) return stale(state, "saved");
      return withoutEntry(state, "saved", event.message_id);
    default:
      return state;
  }
}

/**
 * @param {State} state
 * @param {Message} message
 */
function posted(state, message) {
  let next = state;
  if (message.thread_id !== null) next = replied(next, message.thread_id, message);
  if (message.files.length > 0) next = stale(next, "files", message);
  if (message.broad !== "" && message.author_id !== state.me.id) next = stale(next, "mentions");
  if (!isInChannel(message) || message.author_id === state.me.id) return next;
  const isListed = next.lists.unreads?.entries.some(({ key }) => key === message.channel_id);
  if (!isListed) return stale(next, "unreads");
  return onKnown(next, "unreads", (list) => ({
    ...list,
    entries: list.entries.map((entry) =>
      entry.key === message.channel_id && entry.messages.length < UNREADS_SHOWN
        ? { ...entry, messages: [...entry.messages, message] }
        : entry
    ),
  }));
}

/**
 * @param {State} state
 * @param {string} rootId
 * @param {Message} reply
 */
function replied(state, rootId, reply) {
  const isListed = state.lists.threads?.entries.some(({ key }) => key === rootId);
  if (!isListed) {
    return state.personal.threads[rootId]?.is_following ? stale(state, "threads") : state;
  }
  return onKnown(state, "threads", (list) => ({
    ...list,
    entries: list.entries.map((entry) => {
      const [root, ...replies] = entry.messages;
      if (entry.key !== rootId || !root || replies.some(({ id }) => id === reply.id)) return entry;
      return { ...entry, messages: [root, ...[...replies, reply].slice(-REPLIES_SHOWN)] };
    }),
  }));
}

/**
 * @param {State} state
 * @param {string} messageId
 * @param {string} at
 */
function deleted(state, messageId, at) {
  let next = onMessages(state, messageId, (one) => withDeleted(one, messageId, at));
  for (const name of /** @type {const} */ (["mentions", "saved", "search", "pins"])) {
    next = withoutEntry(next, name, messageId);
  }
  return onKnown(next, "files", (list) => {
    const entries = list.entries.filter(({ file }) => file?.message_id !== messageId);
    return entries.length === list.entries.length ? list : { ...list, entries };
  });
}

/**
 * @param {State} state
 * @param {string} messageId
 * @param {string | null} at
 * @param {string | null} userId
 */
function pinned(state, messageId, at, userId) {
  return onMessages(state, messageId, (one) =>
    withChange(one, messageId, (message) => ({
      ...message,
      pinned_at: at,
      pinned_by_id: userId,
    })));
}

/**
 * @param {State} state
 * @param {ListName} name
 * @param {{ channel_id?: string | undefined }} [where] of which channel, for lists of one channel
 */
function stale(state, name, where) {
  return onKnown(state, name, (list) => {
    if (list.isStale || (where && list.subject.split("/")[0] !== where.channel_id)) return list;
    return { ...list, isStale: true };
  });
}

/**
 * Change a message in whatever list it stands, by what changes a timeline.
 *
 * @param {State} state
 * @param {string} messageId
 * @param {(one: import("./timeline.js").Timeline) => import("./timeline.js").Timeline} change
 * @returns {State}
 */
function onMessages(state, messageId, change) {
  let next = state;
  for (const [name, list] of Object.entries(state.lists)) {
    const has = list?.entries.some(({ messages }) => messages.some(({ id }) => id === messageId));
    if (!has) continue;
    next = onKnown(next, /** @type {ListName} */ (name), (known) => ({
      ...known,
      entries: known.entries.map((entry) => {
        if (!entry.messages.some(({ id }) => id === messageId)) return entry;
        const empty = startTimeline({ generation: 0, atEnd: true });
        const { messages } = change({ ...empty, messages: entry.messages, isLoaded: true });
        return { ...entry, messages };
      }),
    }));
  }
  return next;
}

/**
 * @param {State} state
 * @param {ListName} name
 * @param {(list: List) => List} change
 * @returns {State}
 */
function onKnown(state, name, change) {
  const list = state.lists[name];
  if (!list) return state;
  const next = change(list);
  return next === list ? state : onList(state, name, () => next);
}

/**
 * @param {State} state
 * @param {ListName} name
 * @param {() => List} make
 * @returns {State}
 */
function onList(state, name, make) {
  return { ...state, lists: { ...state.lists, [name]: make() } };
}
