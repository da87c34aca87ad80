/**
 * The lines of a timeline: messages, the days between them, and where the new ones begin.
 *
 * @import { Message, Notice } from "../protocol.generated.d.ts"
 * @import { OutboxEntry } from "./outbox.js"
 * @import { Timeline } from "./timeline.js"
 */

import { dayOf } from "../lib/time.js";
import { isToldWith } from "./notices.js";
import { noticesBetween } from "./timeline.js";

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
 * @typedef {object} NoticeRow
 * @property {"notice"} kind
 * @property {string} key
 * @property {Notice[]} notices told as one
 */

/**
 * @typedef {{ kind: "day", key: string, day: string }
 *   | { kind: "new", key: string }
 *   | NoticeRow
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
  /** @type {MessageRow | null} the line before, when it is a message */
  let previous = null;
  let today = "";
  const days = new Set();
  for (const line of withNoticeRows(lines, noticesBetween(timeline))) {
    const day = dayOf(line.kind === "notice" ? firstOf(line).at : line.at);
    const isNewDay = today !== day;
    today = day;
    if (isNewDay) {
      // A clock that is wrong can bring a day twice.
      const key = days.has(day) ? `day:${day}:${line.key}` : `day:${day}`;
      rows.push({ kind: "day", key, day });
      days.add(day);
    }
    if (line.kind === "notice") {
      rows.push(line);
      previous = null;
      continue;
    }
    const isFirstUnread = line.key === dividerKey;
    if (isFirstUnread) rows.push({ kind: "new", key: "new" });
    /** @type {boolean} */
    const isContinued = previous !== null && !isNewDay && !isFirstUnread &&
      hasSameSender(previous, line) && isClose(previous.at, line.at);
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
 * @param {Notice[]} notices
 * @returns {(MessageRow | NoticeRow)[]}
 */
function withNoticeRows(lines, notices) {
  /** @type {(MessageRow | NoticeRow)[]} */
  const all = [];
  let next = 0;
  for (const line of [...lines, null]) {
    const until = line ? placeOf(line) : Number.POSITIVE_INFINITY;
    for (let notice = notices[next]; notice && notice.seq < until; notice = notices[++next]) {
      addNotice(all, notice);
    }
    if (line) all.push(line);
  }
  return all;
}

/**
 * @param {(MessageRow | NoticeRow)[]} rows
 * @param {Notice} notice
 */
function addNotice(rows, notice) {
  const last = rows.at(-1);
  const isSame = last?.kind === "notice" && isToldWith(firstOf(last), notice) &&
    dayOf(firstOf(last).at) === dayOf(notice.at);
  if (isSame) last.notices.push(notice);
  else rows.push({ kind: "notice", key: `notice:${notice.seq}:${notice.kind}`, notices: [notice] });
}

/** @param {NoticeRow} row */
function firstOf({ notices }) {
  return /** @type {Notice} */ (notices[0]);
}

/**
 * A bot may speak in several names.
 *
 * @param {MessageRow} a
 * @param {MessageRow} b
 */
function hasSameSender(a, b) {
  return a.authorId === b.authorId &&
    (a.message?.sender_name ?? "") === (b.message?.sender_name ?? "");
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
