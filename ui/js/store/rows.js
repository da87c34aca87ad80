/**
 * The lines of a timeline: messages, the days between them, and where the new ones begin.
 *
 * @import { Message } from "../protocol.generated.d.ts"
 * @import { OutboxEntry } from "./outbox.js"
 * @import { Timeline } from "./timeline.js"
 */

import { dayOf } from "../lib/time.js";

/** Messages of one author within this time stand under one name. */
const GROUP_MS = 5 * 60 * 1000;

/**
 * @typedef {object} MessageRow
 * @property {"message"} kind
 * @property {string} key the same before and after the server has it, so that its line stays
 * @property {Message | null} message
 * @property {OutboxEntry | null} entry not in the timeline yet
 * @property {string} authorId
 * @property {string} at
 * @property {boolean} isContinued under the name of the line before
 */

/**
 * @typedef {{ kind: "day", key: string, day: string }
 *   | { kind: "new", key: string }
 *   | MessageRow} Row
 */

/**
 * @param {object} source
 * @param {Timeline} source.timeline
 * @param {OutboxEntry[]} source.outbox of this channel
 * @param {number | null} source.dividerAfter
 * @param {string} source.meId
 * @returns {Row[]}
 */
export function buildRows({ timeline, outbox, dividerAfter, meId }) {
  const lines = [...timeline.messages.map(messageLine)];
  if (!timeline.hasNewer) insertUnsent(lines, outbox, meId);
  const dividerKey = firstUnreadKey(timeline, dividerAfter, meId);
  /** @type {Row[]} */
  const rows = [];
  /** @type {MessageRow | null} */
  let previous = null;
  for (const line of lines) {
    const day = dayOf(line.at);
    const isNewDay = previous === null || dayOf(previous.at) !== day;
    if (isNewDay) rows.push({ kind: "day", key: `day:${day}`, day });
    const isFirstUnread = line.key === dividerKey;
    if (isFirstUnread) rows.push({ kind: "new", key: "new" });
    /** @type {boolean} */
    const isContinued = previous !== null && !isNewDay && !isFirstUnread &&
      previous.authorId === line.authorId && isClose(previous.at, line.at);
    /** @type {MessageRow} */
    const row = { ...line, isContinued };
    rows.push(row);
    previous = row;
  }
  return rows;
}

/**
 * A message by itself.
 *
 * @param {Message} message
 * @returns {MessageRow}
 */
export function messageLine(message) {
  return {
    kind: "message",
    key: rowKey(message.author_id, message.client_id, message.id),
    message,
    entry: null,
    authorId: message.author_id,
    at: message.created_at,
    isContinued: false,
  };
}

/**
 * @param {MessageRow[]} lines
 * @param {OutboxEntry[]} outbox
 * @param {string} meId
 */
function insertUnsent(lines, outbox, meId) {
  for (const entry of outbox) {
    /** @type {MessageRow} */
    const line = {
      kind: "message",
      key: rowKey(meId, entry.client_id, ""),
      message: null,
      entry,
      authorId: meId,
      at: entry.created_at,
      isContinued: false,
    };
    const { seq } = entry;
    const index = seq === null ? -1 : lines.findIndex((other) => placeOf(other) > seq);
    if (index === -1) lines.push(line);
    else lines.splice(index, 0, line);
  }
}

/** @param {MessageRow} line */
function placeOf(line) {
  return line.message?.seq ?? line.entry?.seq ?? Number.POSITIVE_INFINITY;
}

/**
 * @param {string} authorId
 * @param {string} clientId
 * @param {string} messageId
 */
function rowKey(authorId, clientId, messageId) {
  return clientId ? `${authorId}:${clientId}` : `message:${messageId}`;
}

/**
 * @param {Timeline} timeline
 * @param {number | null} dividerAfter
 * @param {string} meId
 */
function firstUnreadKey(timeline, dividerAfter, meId) {
  if (dividerAfter === null) return null;
  const isRead = (/** @type {Message} */ message) => message.seq <= dividerAfter;
  const index = timeline.messages.findIndex((message) =>
    !isRead(message) && message.author_id !== meId
  );
  const first = timeline.messages[index];
  if (!first) return null;
  // The first one of a window that begins in the middle need not be the first unread one.
  const isCertain = !timeline.hasOlder || timeline.messages.some(isRead);
  return isCertain ? messageLine(first).key : null;
}

/**
 * @param {string} a
 * @param {string} b
 */
function isClose(a, b) {
  return Math.abs(new Date(b).getTime() - new Date(a).getTime()) <= GROUP_MS;
}
