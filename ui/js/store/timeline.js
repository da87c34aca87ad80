/** @import { Message, Notice } from "../protocol.generated.d.ts" */

import { tombstone, withText } from "./hanging.js";
import { mergeNotices } from "./notices.js";

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
 * @property {Notice[]} notices ascending by seq, what happened between these messages
 * @property {boolean} isLoaded the first page has come
 * @property {boolean} hasOlder
 * @property {boolean} hasNewer when true, new messages are not appended
 * @property {boolean} isLoadingOlder
 * @property {boolean} isLoadingNewer
 * @property {string | null} error why the last page did not come
 * @property {Late[]} late what was heard of unknown messages during a load
 */

/**
 * A page that was read before an event and comes after it lacks what the event has changed.
 *
 * @typedef {{ kind: "posted", message: Message }
 *   | { kind: "changed", messageId: string, change: (message: Message) => Message }} Late
 */

/**
 * @param {{ generation: number, atEnd: boolean }} options atEnd: the newest page will be loaded
 * @returns {Timeline}
 */
export function startTimeline({ generation, atEnd }) {
  return {
    generation,
    messages: [],
    notices: [],
    isLoaded: false,
    hasOlder: true,
    hasNewer: !atEnd,
    isLoadingOlder: false,
    isLoadingNewer: false,
    error: null,
    late: [],
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
 * @property {Notice[]} notices ascending by seq
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
    notices: mergeNotices(timeline.notices, page.notices),
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
  return isLoading(next) ? next : { ...next, notices: noticesBetween(next), late: [] };
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
  if (timeline.hasNewer && !knows(timeline, message.id)) {
    return withLate(timeline, { kind: "posted", message });
  }
  const next = { ...timeline, messages: merge(timeline.messages, message) };
  if (next.messages.length <= WINDOW_MESSAGES) return next;
  // Nothing is taken away from under the eyes of somebody who reads further up.
  const bounded = isFollowed ? dropOldest(next) : dropNewest(next);
  return isLoading(bounded) ? bounded : { ...bounded, notices: noticesBetween(bounded) };
}

/**
 * @param {Timeline} timeline
 * @param {Notice[]} notices
 * @returns {Timeline}
 */
export function withNotices(timeline, notices) {
  if (notices.length === 0) return timeline;
  const next = { ...timeline, notices: mergeNotices(timeline.notices, notices) };
  // During a load nobody knows yet where the messages end.
  return isLoading(next) ? next : { ...next, notices: noticesBetween(next) };
}

/**
 * Those that stand between the messages of the window, or beyond its ends where nothing is missing.
 *
 * @param {Timeline} timeline
 */
export function noticesBetween({ messages, notices, hasOlder, hasNewer }) {
  const first = hasOlder ? messages[0]?.seq ?? 0 : 0;
  const last = hasNewer ? messages.at(-1)?.seq ?? 0 : Number.POSITIVE_INFINITY;
  const isInside = (/** @type {Notice} */ { seq }) => seq >= first && seq <= last;
  return notices.every(isInside) ? notices : notices.filter(isInside);
}

/**
 * @param {Timeline} timeline
 * @param {Message} message
 * @returns {Timeline}
 */
export function withEdited(timeline, message) {
  return withChange(timeline, message.id, (known) => withText(known, message));
}

/**
 * @param {Timeline} timeline
 * @param {string} messageId
 * @param {string} at
 * @returns {Timeline}
 */
export function withDeleted(timeline, messageId, at) {
  return withChange(timeline, messageId, (message) => tombstone(message, at));
}

/**
 * Change a message where it is known.
 *
 * @param {Timeline} timeline
 * @param {string} messageId
 * @param {(message: Message) => Message} change done once more does no more
 * @returns {Timeline}
 */
export function withChange(timeline, messageId, change) {
  if (!knows(timeline, messageId)) {
    return withLate(timeline, { kind: "changed", messageId, change });
  }
  return {
    ...timeline,
    messages: timeline.messages.map((message) =>
      message.id === messageId ? change(message) : message
    ),
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
    const newer = withText(present, message);
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
 * @param {Message} message
 * @param {Late[]} late
 */
function withNews(message, late) {
  return late.reduce((known, news) => {
    if (news.kind === "posted") {
      return news.message.id === known.id ? withText(known, news.message) : known;
    }
    return news.messageId === known.id ? news.change(known) : known;
  }, message);
}

/**
 * @param {Timeline} timeline
 * @param {Late} news
 * @returns {Timeline}
 */
function withLate(timeline, news) {
  return isLoading(timeline) ? { ...timeline, late: [...timeline.late, news] } : timeline;
}

/**
 * What was posted during a load, as it is by now.
 *
 * @param {Timeline} timeline
 */
function postedLate({ messages, late }) {
  const last = messages.at(-1)?.seq ?? 0;
  return late.flatMap((news, index) =>
    news.kind === "posted" && news.message.seq > last
      ? [withNews(news.message, late.slice(index + 1))]
      : []
  );
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
