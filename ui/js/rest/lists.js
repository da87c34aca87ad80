/**
 * What the API has as lists of messages, read as lines that a list shows.
 *
 * @import { Api } from "../api.js"
 * @import { ListPage as Answer } from "../api.js"
 * @import { ChannelFile, MentionEntry, Message, SavedMessage, SearchResult, ThreadEntry } from "../protocol.generated.d.ts"
 * @import { ListEntry, ListPage } from "../store/lists.js"
 */

import { query } from "../api.js";
import { UNREADS_SHOWN } from "../store/lists.js";

const PAGE = 25;

/** Conversations whose unread messages are asked for at once. */
const CONVERSATIONS = 6;

/**
 * @param {Api} api
 * @param {string | null} cursor
 * @returns {Promise<ListPage>}
 */
export async function readMentions(api, cursor) {
  /** @type {Answer<MentionEntry>} */
  const page = await api.request("GET", `mentions?${query({ cursor, limit: PAGE })}`);
  return pageOf(page, ({ message, reason, is_unread }) => ({
    ...entryOf(message),
    reason,
    isUnread: is_unread,
  }));
}

/**
 * @param {Api} api
 * @param {string | null} cursor
 * @returns {Promise<ListPage>}
 */
export async function readSaved(api, cursor) {
  /** @type {Answer<SavedMessage>} */
  const page = await api.request("GET", `saved?${query({ cursor, limit: PAGE })}`);
  return pageOf(page, ({ message, saved_at }) => ({ ...entryOf(message), at: saved_at }));
}

/**
 * Those with something unread first, then all. The cursor says which of the two goes on.
 *
 * @param {Api} api
 * @param {"all" | "unread"} filter
 * @param {string | null} cursor
 * @returns {Promise<ListPage>}
 */
export async function readThreads(api, filter, cursor) {
  const isUnreadPart = !cursor?.startsWith("all");
  const place = cursor?.split(":")[1] || null;
  const asked = query({ cursor: place, limit: PAGE, unread: isUnreadPart ? "true" : "false" });
  /** @type {Answer<ThreadEntry>} */
  const answer = await api.request("GET", `threads?${asked}`);
  const { entries } = pageOf(answer, ({ root, latest }) => ({
    key: root.id,
    channelId: root.channel_id,
    messages: [root, ...latest],
  }));
  if (answer.has_more) {
    return { entries, cursor: `${isUnreadPart ? "unread" : "all"}:${answer.next_cursor}` };
  }
  if (!isUnreadPart || filter === "unread") return { entries, cursor: null };
  if (cursor !== null || entries.length > 0) return { entries, cursor: "all:" };
  return await readThreads(api, filter, "all:");
}

/**
 * @param {Api} api
 * @param {string} text
 * @param {string | null} cursor
 * @returns {Promise<ListPage>}
 */
export async function readSearch(api, text, cursor) {
  /** @type {Answer<SearchResult>} */
  const page = await api.request("GET", `search?${query({ q: text, cursor, limit: PAGE })}`);
  return pageOf(page, ({ message, snippet }) => ({ ...entryOf(message), snippet }));
}

/**
 * @param {Api} api
 * @param {string} channelId
 * @returns {Promise<ListPage>}
 */
export async function readPins(api, channelId) {
  /** @type {Answer<Message>} */
  const page = await api.request("GET", `channels/${channelId}/pins`);
  return pageOf(page, entryOf);
}

/**
 * @param {Api} api
 * @param {string} channelId
 * @param {string} kind empty: all
 * @param {string | null} cursor
 * @returns {Promise<ListPage>}
 */
export async function readFiles(api, channelId, kind, cursor) {
  const asked = query({ cursor, limit: PAGE, kind: kind || null });
  /** @type {Answer<ChannelFile>} */
  const page = await api.request("GET", `channels/${channelId}/files?${asked}`);
  return pageOf(page, (file) => ({
    key: file.file.id,
    channelId: file.channel_id,
    messages: [],
    file,
  }));
}

/**
 * The first unread messages of each of these conversations. The cursor counts those asked for.
 *
 * @param {Api} api
 * @param {{ channelId: string, readSeq: number }[]} conversations
 * @param {string | null} cursor
 * @returns {Promise<ListPage>}
 */
export async function readUnreads(api, conversations, cursor) {
  const start = Number(cursor ?? 0);
  const wanted = conversations.slice(start, start + CONVERSATIONS);
  const entries = await Promise.all(wanted.map(async ({ channelId, readSeq }) => {
    const { results } = await api.messages(channelId, { after: readSeq, limit: UNREADS_SHOWN });
    return { key: channelId, channelId, messages: results };
  }));
  const end = start + wanted.length;
  return { entries, cursor: end < conversations.length ? String(end) : null };
}

/**
 * @param {Message} message
 * @returns {ListEntry}
 */
function entryOf(message) {
  return { key: message.id, channelId: message.channel_id, messages: [message] };
}

/**
 * @template Row
 * @param {Answer<Row>} page
 * @param {(row: Row) => ListEntry} read
 * @returns {ListPage}
 */
function pageOf({ results, next_cursor, has_more }, read) {
  return { entries: results.map(read), cursor: has_more ? next_cursor : null };
}

/**
 * A message with its neighbours: those of its thread when it stands there alone.
 *
 * @param {Api} api
 * @param {Message} message
 * @returns {Promise<Message[]>}
 */
export async function readAround(api, { id, channel_id, seq, thread_id }) {
  const place = { around: seq, limit: 3 };
  const isReply = thread_id !== null;
  /** @type {Answer<Message>} */
  const { results } = isReply
    ? await api.request("GET", `messages/${thread_id}/thread?${query(place)}`)
    : await api.messages(channel_id, place);
  const index = results.findIndex((message) => message.id === id);
  return results.slice(Math.max(0, index - 1), index + 2);
}
