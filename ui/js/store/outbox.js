/**
 * @import { File, Message, Quote } from "../protocol.generated.d.ts"
 * @import { State } from "./state.js"
 */

/**
 * What somebody wants to say.
 *
 * @typedef {object} Written
 * @property {string} channelId
 * @property {string} text
 * @property {string | null} [threadId] the root that it replies to
 * @property {boolean} [alsoToChannel] a reply that the channel shows, too
 * @property {File[]} [files] one's own uploads
 * @property {Quote | null} [quote] what it answers
 * @property {boolean} [isConfirmed] yes, so many people shall be called
 */

/**
 * A message that was written here and is not in the timeline yet.
 *
 * `waiting` for its turn or a connection, `sending`, `sent` (the server has it; its event is on the
 * way), or `failed`.
 *
 * @typedef {object} OutboxEntry
 * @property {string} client_id
 * @property {string} channel_id
 * @property {string | null} thread_id
 * @property {boolean} also_to_channel
 * @property {string} text
 * @property {File[]} files
 * @property {Quote | null} quote
 * @property {boolean} isConfirmed
 * @property {string} created_at
 * @property {"waiting" | "sending" | "sent" | "failed"} phase
 * @property {boolean} isFinal failed for good: the same message would be refused again
 * @property {string} code why it failed: a code of the protocol, or empty
 * @property {string} detail the same as a sentence
 * @property {number} attempts
 * @property {number | null} seq its place, once the server has said it
 */

/**
 * @param {Written & { clientId: string, at: string }} written
 * @returns {OutboxEntry}
 */
export function newEntry({ clientId, channelId, text, at, ...more }) {
  const threadId = more.threadId ?? null;
  return {
    client_id: clientId,
    channel_id: channelId,
    thread_id: threadId,
    also_to_channel: threadId !== null && (more.alsoToChannel ?? false),
    text,
    files: more.files ?? [],
    quote: more.quote ?? null,
    isConfirmed: more.isConfirmed ?? false,
    created_at: at,
    phase: "waiting",
    isFinal: false,
    code: "",
    detail: "",
    attempts: 0,
    seq: null,
  };
}

/**
 * When the next entry was written. Always after the ones before it, whatever the clock says: the
 * order in which they come back after a reload hangs on it.
 *
 * @param {OutboxEntry[]} outbox
 * @param {number} now
 */
export function nextMoment(outbox, now) {
  const times = outbox.map((entry) => Date.parse(entry.created_at) + 1).filter(Number.isFinite);
  return new Date(Math.max(now, ...times)).toISOString();
}

/**
 * Take up what another page has left, but for what has arrived meanwhile.
 *
 * @param {State} state
 * @param {OutboxEntry[]} entries
 * @returns {State}
 */
export function withUnsent(state, entries) {
  if (entries.length === 0) return state;
  const messages = Object.values(state.timelines).flatMap((timeline) => timeline.messages);
  const outbox = [...state.outbox, ...entries].sort((a, b) =>
    a.created_at < b.created_at ? -1 : Number(a.created_at > b.created_at)
  );
  return { ...state, outbox: removeArrived(outbox, messages, state.me.id) };
}

/**
 * The oldest entry that can go. One at a time: then a person's messages arrive in their order.
 *
 * @param {OutboxEntry[]} outbox
 */
export function nextToSend(outbox) {
  if (outbox.some((entry) => entry.phase === "sending")) return null;
  return outbox.find((entry) => entry.phase === "waiting") ?? null;
}

/**
 * @param {OutboxEntry[]} outbox
 * @param {string} clientId
 */
export function markSending(outbox, clientId) {
  return changed(outbox, clientId, (entry) => ({
    ...entry,
    phase: "sending",
    attempts: entry.attempts + 1,
  }));
}

/**
 * @param {OutboxEntry[]} outbox
 * @param {string} clientId
 * @param {number} seq
 */
export function markSent(outbox, clientId, seq) {
  return changed(outbox, clientId, (entry) => ({ ...entry, phase: "sent", seq, detail: "" }));
}

/**
 * @param {OutboxEntry[]} outbox
 * @param {string} clientId
 * @param {{ code: string, detail: string, isFinal: boolean }} reason
 */
export function markFailed(outbox, clientId, reason) {
  return changed(outbox, clientId, (entry) => ({ ...entry, ...reason, phase: "failed" }));
}

/**
 * @param {OutboxEntry[]} outbox
 * @param {string} clientId
 */
export function markWaiting(outbox, clientId) {
  return changed(outbox, clientId, again);
}

/**
 * Somebody says yes to calling so many people.
 *
 * @param {OutboxEntry[]} outbox
 * @param {string} clientId
 */
export function markConfirmed(outbox, clientId) {
  return changed(outbox, clientId, (entry) => ({ ...again(entry), isConfirmed: true }));
}

/**
 * @param {OutboxEntry} entry
 * @returns {OutboxEntry}
 */
function again(entry) {
  return { ...entry, phase: "waiting", code: "", detail: "" };
}

/**
 * After a connection was lost: whatever has no answer goes again, with the same client_id.
 *
 * @param {OutboxEntry[]} outbox
 */
export function requeueUnanswered(outbox) {
  return outbox.map((entry) => {
    const isOpen = entry.phase === "sending" || (entry.phase === "failed" && !entry.isFinal);
    return isOpen ? again(entry) : entry;
  });
}

/**
 * After the server's history was another one: also what it had taken goes again. If it is still
 * there, the client_id finds it.
 *
 * @param {OutboxEntry[]} outbox
 */
export function requeueSent(outbox) {
  return outbox.map((entry) => entry.phase === "sent" ? { ...again(entry), seq: null } : entry);
}

/**
 * @param {OutboxEntry[]} outbox
 * @param {string} clientId
 */
export function removeEntry(outbox, clientId) {
  const rest = outbox.filter((entry) => entry.client_id !== clientId);
  return rest.length === outbox.length ? outbox : rest;
}

/**
 * Whatever of these is mine has arrived.
 *
 * @param {OutboxEntry[]} outbox
 * @param {Message[]} messages
 * @param {string} meId
 */
export function removeArrived(outbox, messages, meId) {
  if (outbox.length === 0) return outbox;
  return messages.filter((message) => message.author_id === meId)
    .reduce((rest, message) => removeEntry(rest, message.client_id), outbox);
}

/**
 * A resend can be answered with a place that was applied long ago: no event will follow.
 *
 * @param {OutboxEntry[]} outbox
 * @param {string} channelId
 * @param {number} cursor
 */
export function removeApplied(outbox, channelId, cursor) {
  const rest = outbox.filter((entry) =>
    entry.channel_id !== channelId || entry.seq === null || entry.seq > cursor
  );
  return rest.length === outbox.length ? outbox : rest;
}

/**
 * An entry as it was stored by this page or one before it.
 *
 * @param {string} stored
 * @returns {OutboxEntry | null}
 */
export function parseEntry(stored) {
  try {
    const entry = JSON.parse(stored);
    if (!isEntry(entry)) return null;
    return requeueUnanswered([{ ...entry, attempts: 0, seq: null }])[0] ?? null;
  } catch {
    return null;
  }
}

/**
 * @param {unknown} value
 * @returns {value is OutboxEntry}
 */
function isEntry(value) {
  if (typeof value !== "object" || value === null) return false;
  const entry = /** @type {Record<string, unknown>} */ (value);
  const isWhole = ["client_id", "channel_id", "text", "created_at", "phase", "code", "detail"]
    .every((field) => typeof entry[field] === "string");
  return isWhole && Array.isArray(entry.files);
}

/**
 * @param {OutboxEntry[]} outbox
 * @param {string} clientId
 * @param {(entry: OutboxEntry) => OutboxEntry} change
 */
function changed(outbox, clientId, change) {
  return outbox.map((entry) => entry.client_id === clientId ? change(entry) : entry);
}
