/**
 * @import { Unread } from "../api.js"
 * @import { Message } from "../protocol.generated.d.ts"
 */

import { isInChannel } from "./timeline.js";

/**
 * How much of a channel is unread: what the server counted up to `base.lastSeq`, and every message
 * heard since. Kept apart so that a fresh count from the server never counts a message twice.
 *
 * @typedef {object} UnreadCount
 * @property {number} readSeq as far as this page has read, or been told
 * @property {number} toldSeq where the server said that the marker is
 * @property {{ messages: number, mentions: number, lastSeq: number }} base
 * @property {{ id: string, seq: number, isMention: boolean }[]} since
 * @property {boolean} isKept somebody wants to have it unread: that it can be seen does not read it
 * @property {boolean} isStale only the server can say the number now
 */

/**
 * @param {number} readSeq
 * @param {number} lastSeq
 * @returns {UnreadCount}
 */
export function untouchedCount(readSeq, lastSeq) {
  return {
    readSeq,
    toldSeq: readSeq,
    base: { messages: 0, mentions: 0, lastSeq },
    since: [],
    isKept: false,
    isStale: false,
  };
}

/** @param {UnreadCount | undefined} count */
export function unreadTotals(count) {
  if (!count) return { messages: 0, mentions: 0 };
  return {
    messages: count.base.messages + count.since.length,
    mentions: count.base.mentions + count.since.filter((heard) => heard.isMention).length,
  };
}

/**
 * Take the server's count. What was heard after it still counts on top.
 *
 * @param {UnreadCount} count
 * @param {Unread} row
 * @returns {UnreadCount}
 */
export function withSnapshot(count, row) {
  const fresh = {
    readSeq: row.read_seq,
    toldSeq: Math.max(row.read_seq, count.toldSeq),
    base: { messages: row.messages, mentions: row.mentions, lastSeq: row.last_seq },
    since: count.since.filter((heard) => heard.seq > row.last_seq),
    isKept: count.isKept,
    isStale: false,
  };
  return withReadUpTo(fresh, count.readSeq);
}

/**
 * @param {UnreadCount} count
 * @param {Message} message
 * @param {string} meId
 * @param {boolean} isMuted then calling everyone calls nobody
 * @returns {UnreadCount}
 */
export function withMessage(count, message, meId, isMuted) {
  const isCounted = message.seq <= count.base.lastSeq ||
    count.since.some((heard) => heard.id === message.id);
  if (isCounted || message.author_id === meId || message.deleted_at !== null) return count;
  if (message.seq <= count.readSeq) return count;
  // What stays in its thread is no message of the channel.
  if (!isInChannel(message)) return count;
  const heard = {
    id: message.id,
    seq: message.seq,
    isMention: message.mention_ids.includes(meId) || (message.broad !== "" && !isMuted),
  };
  return { ...count, since: [...count.since, heard] };
}

/**
 * @param {UnreadCount} count
 * @param {string} messageId
 * @param {number | null} seq of the message, when it is known
 * @returns {UnreadCount}
 */
export function withoutMessage(count, messageId, seq) {
  if (count.since.some((heard) => heard.id === messageId)) {
    return { ...count, since: count.since.filter((heard) => heard.id !== messageId) };
  }
  if (count.base.messages === 0 || (seq !== null && seq <= count.readSeq)) return count;
  return { ...count, isStale: true };
}

/**
 * @param {UnreadCount} count
 * @param {string} messageId
 * @param {number} messageSeq
 * @returns {UnreadCount}
 */
export function withMention(count, messageId, messageSeq) {
  if (messageSeq <= count.readSeq) return count;
  if (count.since.some((heard) => heard.id === messageId)) {
    return {
      ...count,
      since: count.since.map((heard) =>
        heard.id === messageId ? { ...heard, isMention: true } : heard
      ),
    };
  }
  // Either the server counted it already or the message is still on its way.
  return messageSeq <= count.base.lastSeq ? { ...count, isStale: true } : count;
}

/**
 * Put the read marker where the server says that it is. It moves back only when somebody wants to
 * have something unread again: what this page has read and not yet said is not undone by an older
 * word of another device.
 *
 * @param {UnreadCount} count
 * @param {number} seq
 * @returns {UnreadCount}
 */
export function withToldMarker(count, seq) {
  if (seq >= count.toldSeq) return { ...withReadUpTo(count, seq), toldSeq: seq };
  return { ...count, readSeq: seq, toldSeq: seq, isKept: true, isStale: true };
}

/**
 * Whoever comes back, reads on or writes does no longer mean to keep it unread.
 *
 * @param {UnreadCount} count
 * @returns {UnreadCount}
 */
export function withUnreadReleased(count) {
  return count.isKept ? { ...count, isKept: false } : count;
}

/**
 * Move the read marker forward: this page has read so far.
 *
 * @param {UnreadCount} count
 * @param {number} seq
 * @returns {UnreadCount}
 */
export function withReadUpTo(count, seq) {
  if (seq <= count.readSeq) return count;
  const isBaseRead = seq >= count.base.lastSeq;
  return {
    ...count,
    readSeq: seq,
    isKept: false,
    base: isBaseRead ? { ...count.base, messages: 0, mentions: 0 } : count.base,
    since: count.since.filter((heard) => heard.seq > seq),
    isStale: count.isStale || (!isBaseRead && count.base.messages > 0),
  };
}
