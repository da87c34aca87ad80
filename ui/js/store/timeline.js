/** @import { Message } from "../protocol.generated.d.ts" */

/** Messages kept for one channel, and so rows in the page. */
export const WINDOW_MESSAGES = 270;

/** Messages asked for at once: a larger page would cost a visible frame. */
export const PAGE_MESSAGES = 30;

/**
 * A stretch of a channel's messages without holes.
 *
 * @typedef {object} Timeline
 * @property {number} generation answers to an older one are dropped
 * @property {Message[]} messages ascending by seq
 * @property {boolean} isLoaded the first page has come
 * @property {boolean} hasOlder
 * @property {boolean} hasNewer when true, new messages are not appended
 * @property {boolean} isLoadingOlder
 * @property {boolean} isLoadingNewer
 * @property {string | null} error why the last page did not come
 * @property {Record<string, Message | null>} late what was heard of unknown messages during a load;
 *   null stands for deleted
 */

/**
 * @param {{ generation: number, atEnd: boolean }} options atEnd: the newest page will be loaded
 * @returns {Timeline}
 */
export function startTimeline({ generation, atEnd }) {
  return {
    generation,
    messages: [],
    isLoaded: false,
    hasOlder: true,
    hasNewer: !atEnd,
    isLoadingOlder: false,
    isLoadingNewer: false,
    error: null,
    late: {},
  };
}

/**
 * What is said in a thread alone is no part of the channel's timeline.
 *
 * @param {Pick<Message, "thread_id" | "also_to_channel">} message
 */
export function isInChannel({ thread_id, also_to_channel }) {
  return thread_id === null || also_to_channel;
}

/** @param {Timeline} timeline */
export function isLoading(timeline) {
  return !timeline.isLoaded || timeline.isLoadingOlder || timeline.isLoadingNewer;
}

/**
 * @typedef {object} LoadedPage
 * @property {"newest" | "around" | "older" | "newer"} kind
 * @property {Message[]} messages ascending by seq
 * @property {boolean} hasMore
 */

/**
 * @param {Timeline} timeline
 * @param {LoadedPage} page
 * @returns {Timeline}
 */
export function withPage(timeline, page) {
  const messages = page.messages.map((message) => withNews(message, timeline.late));
  /** @type {Timeline} */
  let next = {
    ...timeline,
    messages: mergeAll(timeline.messages, messages),
    isLoaded: true,
    error: null,
  };
  if (page.kind === "newest") next.hasOlder = page.hasMore;
  if (page.kind === "around") next = { ...next, hasOlder: true, hasNewer: true };
  if (page.kind === "older") {
    next = { ...next, isLoadingOlder: false, hasOlder: page.hasMore };
    next = dropNewest(next);
  }
  if (page.kind === "newer") {
    next = { ...next, isLoadingNewer: false, hasNewer: page.hasMore };
    // Messages posted while this page was on its way belong behind it.
    if (!page.hasMore) next.messages = mergeAll(next.messages, postedLate(next));
    next = dropOldest(next);
  }
  return isLoading(next) ? next : { ...next, late: {} };
}

/**
 * @param {Timeline} timeline
 * @param {"newest" | "around" | "older" | "newer"} kind
 * @param {string} error
 * @returns {Timeline}
 */
export function withFailure(timeline, kind, error) {
  const next = { ...timeline, error };
  if (kind === "older") next.isLoadingOlder = false;
  if (kind === "newer") next.isLoadingNewer = false;
  return next;
}

/**
 * @param {Timeline} timeline
 * @param {Message} message
 * @param {{ isFollowed: boolean }} options isFollowed: the reader stands at the end of it
 * @returns {Timeline}
 */
export function withPosted(timeline, message, { isFollowed }) {
  if (timeline.hasNewer && !knows(timeline, message.id)) return withLate(timeline, message);
  const next = { ...timeline, messages: merge(timeline.messages, message) };
  if (next.messages.length <= WINDOW_MESSAGES) return next;
  // Nothing is taken away from under the eyes of somebody who reads further up.
  return isFollowed ? dropOldest(next) : dropNewest(next);
}

/**
 * @param {Timeline} timeline
 * @param {Message} message
 * @returns {Timeline}
 */
export function withEdited(timeline, message) {
  if (!knows(timeline, message.id)) return withLate(timeline, message);
  return { ...timeline, messages: merge(timeline.messages, message) };
}

/**
 * @param {Timeline} timeline
 * @param {string} messageId
 * @param {string} at
 * @returns {Timeline}
 */
export function withDeleted(timeline, messageId, at) {
  if (!knows(timeline, messageId)) {
    return isLoading(timeline)
      ? { ...timeline, late: { ...timeline.late, [messageId]: null } }
      : timeline;
  }
  return {
    ...timeline,
    messages: timeline.messages.map((message) =>
      message.id === messageId ? tombstone(message, at) : message
    ),
  };
}

/**
 * Change a message where it is known. What hangs on a message does not make a newer version of it.
 *
 * @param {Timeline} timeline
 * @param {string} messageId
 * @param {(message: Message) => Message} change
 * @returns {Timeline}
 */
export function withChange(timeline, messageId, change) {
  const late = timeline.late[messageId];
  if (late) return { ...timeline, late: { ...timeline.late, [messageId]: change(late) } };
  if (!knows(timeline, messageId)) return timeline;
  return {
    ...timeline,
    messages: timeline.messages.map((message) =>
      message.id === messageId ? change(message) : message
    ),
  };
}

/**
 * @param {Message} message
 * @param {string} emoji
 * @param {string} userId
 * @returns {Message}
 */
export function withReaction(message, emoji, userId) {
  const given = message.reactions.find((reaction) => reaction.emoji === emoji);
  if (given?.user_ids.includes(userId)) return message;
  if (!given) {
    return { ...message, reactions: [...message.reactions, { emoji, user_ids: [userId] }] };
  }
  return {
    ...message,
    reactions: message.reactions.map((reaction) =>
      reaction === given ? { emoji, user_ids: [...given.user_ids, userId] } : reaction
    ),
  };
}

/**
 * @param {Message} message
 * @param {string} emoji
 * @param {string} userId
 * @returns {Message}
 */
export function withoutReaction(message, emoji, userId) {
  return {
    ...message,
    reactions: message.reactions.map((reaction) =>
      reaction.emoji === emoji
        ? { emoji, user_ids: reaction.user_ids.filter((id) => id !== userId) }
        : reaction
    ).filter((reaction) => reaction.user_ids.length > 0),
  };
}

/**
 * @param {Message[]} messages ascending by seq
 * @param {Message} message
 * @returns {Message[]}
 */
export function merge(messages, message) {
  const index = indexFor(messages, message.seq);
  const present = messages[index];
  if (present?.id === message.id) {
    const newer = newerOf(present, message);
    return newer === present ? messages : messages.with(index, newer);
  }
  return messages.toSpliced(index, 0, message);
}

/**
 * @param {Message[]} messages
 * @param {Message[]} others
 */
function mergeAll(messages, others) {
  return others.reduce(merge, messages);
}

/**
 * Deleted wins over everything, else the higher version.
 *
 * @param {Message} a
 * @param {Message} b
 */
function newerOf(a, b) {
  if (a.deleted_at !== null) return a;
  if (b.deleted_at !== null) return b;
  return b.version >= a.version ? b : a;
}

/**
 * @param {Message} message
 * @param {Record<string, Message | null>} late
 */
function withNews(message, late) {
  if (!(message.id in late)) return message;
  const news = late[message.id];
  return news ? newerOf(message, news) : tombstone(message, message.created_at);
}

/**
 * @param {Timeline} timeline
 * @param {Message} message
 * @returns {Timeline}
 */
function withLate(timeline, message) {
  if (!isLoading(timeline)) return timeline;
  const known = timeline.late[message.id];
  if (known === null) return timeline;
  const news = known ? newerOf(known, message) : message;
  return { ...timeline, late: { ...timeline.late, [message.id]: news } };
}

/** @param {Timeline} timeline */
function postedLate(timeline) {
  const last = timeline.messages.at(-1)?.seq ?? 0;
  return Object.values(timeline.late).filter((message) => message !== null).filter((message) =>
    message.seq > last
  );
}

/**
 * @param {Message} message
 * @param {string} at
 * @returns {Message}
 */
function tombstone(message, at) {
  return {
    ...message,
    text: "",
    html: "",
    deleted_at: message.deleted_at ?? at,
    mention_ids: [],
    broad: "",
    reactions: [],
    files: [],
    quote: null,
    pinned_at: null,
    pinned_by_id: null,
  };
}

/**
 * @param {Timeline} timeline
 * @param {string} messageId
 */
function knows(timeline, messageId) {
  return timeline.messages.some((message) => message.id === messageId);
}

/**
 * The first place whose seq is not smaller.
 *
 * @param {Message[]} messages
 * @param {number} seq
 */
function indexFor(messages, seq) {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (/** @type {Message} */ (messages[middle]).seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * @param {Timeline} timeline
 * @returns {Timeline}
 */
function dropOldest(timeline) {
  const surplus = timeline.messages.length - WINDOW_MESSAGES;
  if (surplus <= 0) return timeline;
  return { ...timeline, messages: timeline.messages.slice(surplus), hasOlder: true };
}

/**
 * @param {Timeline} timeline
 * @returns {Timeline}
 */
function dropNewest(timeline) {
  if (timeline.messages.length <= WINDOW_MESSAGES) return timeline;
  return { ...timeline, messages: timeline.messages.slice(0, WINDOW_MESSAGES), hasNewer: true };
}
