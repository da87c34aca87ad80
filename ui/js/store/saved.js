/**
 * What outlives the page: the timelines, each with the place up to which it is true.
 *
 * The page brings the channels and the counts with it, so a timeline and its cursor are all that is
 * missing for going on from there: `sync` asks for the rest.
 *
 * @import { Message, Notice } from "../protocol.generated.d.ts"
 * @import { State } from "./state.js"
 */

import { LIMIT } from "../protocol.generated.js";
import { removeArrived } from "./outbox.js";
import { channelStream } from "./state.js";
import { startTimeline } from "./timeline.js";

/** Count up when the record changes: what an older page saved is then not read. */
const FORM = 2;

/** Nobody wants last month's talk on a disk. */
const KEPT_MS = 7 * 24 * 3600 * 1000;

/** Further away, a page of messages is less to ask for than what has happened since. */
const EVENTS_MAX = LIMIT.SYNC_PAGE_EVENTS;

/** The generation of a timeline that was not loaded by this page. */
export const SAVED_GENERATION = 0;

/**
 * @typedef {object} SavedTimeline
 * @property {number} form
 * @property {string} owner the id of the person
 * @property {string} channel_id
 * @property {string} channel_created_at
 * @property {string} epoch
 * @property {number} saved_at
 * @property {number} cursor all events of the channel up to here are in it
 * @property {Message[]} messages
 * @property {Notice[]} notices
 * @property {boolean} has_older
 * @property {boolean} has_newer
 */

/**
 * @param {State} state
 * @param {string} channelId
 * @param {number} now
 * @returns {SavedTimeline | null} null when there is nothing that could be gone on from
 */
export function savedTimeline(state, channelId, now) {
  const timeline = state.timelines[channelId];
  const channel = state.channels[channelId];
  const cursor = state.cursors[channelStream(channelId)];
  if (!timeline?.isLoaded || !channel || cursor === undefined || state.epoch === null) return null;
  return {
    form: FORM,
    owner: state.me.id,
    channel_id: channelId,
    channel_created_at: channel.created_at,
    epoch: state.epoch,
    saved_at: now,
    cursor,
    messages: timeline.messages,
    notices: timeline.notices,
    has_older: timeline.hasOlder,
    has_newer: timeline.hasNewer,
  };
}

/**
 * Go on from what was saved. It is certain only when the welcome names the same epoch.
 *
 * @param {State} state as the page brought it
 * @param {unknown[]} rows
 * @param {number} now
 * @returns {{ state: State, restored: string[], useless: unknown[] }} restored: the channels, the
 *   last saved first
 */
export function withSaved(state, rows, now) {
  const sound = rows.filter(isSaved).filter((row) =>
    row.owner === state.me.id && isUsable(row, state, now)
  ).sort((a, b) => b.saved_at - a.saved_at);
  const epoch = sound[0]?.epoch;
  const used = epoch === undefined ? [] : sound.filter((row) => row.epoch === epoch);
  const useless = rows.filter((row) => !used.some((other) => other === row));
  if (epoch === undefined) return { state, restored: [], useless };
  const next = used.reduce(withTimeline, { ...state, epoch });
  return { state: next, restored: used.map((row) => row.channel_id), useless };
}

/**
 * @param {State} state
 * @param {SavedTimeline} row
 * @returns {State}
 */
function withTimeline(state, row) {
  const stream = channelStream(row.channel_id);
  const cursor = Math.min(row.cursor, state.cursors[stream] ?? row.cursor);
  return {
    ...state,
    // Back to where the timeline is: what is newer in the page hears the same once more, and knows.
    cursors: { ...state.cursors, [stream]: cursor },
    timelines: {
      ...state.timelines,
      [row.channel_id]: {
        ...startTimeline({ generation: SAVED_GENERATION, atEnd: !row.has_newer }),
        messages: row.messages,
        notices: row.notices,
        isLoaded: true,
        hasOlder: row.has_older,
      },
    },
    outbox: removeArrived(state.outbox, row.messages, state.me.id),
  };
}

/**
 * @param {SavedTimeline} row
 * @param {State} state
 * @param {number} now
 */
function isUsable(row, state, now) {
  const channel = state.channels[row.channel_id];
  const cursor = state.cursors[channelStream(row.channel_id)];
  if (!channel?.membership || cursor === undefined) return false;
  // In a database that was made anew the same number is another channel.
  if (channel.created_at !== row.channel_created_at) return false;
  return Math.abs(now - row.saved_at) <= KEPT_MS && Math.abs(cursor - row.cursor) <= EVENTS_MAX;
}

/**
 * @param {unknown} value
 * @returns {value is SavedTimeline}
 */
function isSaved(value) {
  if (!isRecord(value) || value.form !== FORM) return false;
  const hasWords = ["owner", "channel_id", "channel_created_at", "epoch"].every((field) =>
    typeof value[field] === "string"
  );
  return hasWords && Number.isSafeInteger(value.cursor) && Number.isFinite(value.saved_at) &&
    typeof value.has_older === "boolean" && typeof value.has_newer === "boolean" &&
    Array.isArray(value.messages) && isInOrder(value.messages) &&
    Array.isArray(value.notices) && value.notices.every(isNotice);
}

/** @param {unknown[]} messages */
function isInOrder(messages) {
  let last = 0;
  return messages.every((message) => {
    if (!isMessage(message) || message.seq <= last) return false;
    last = message.seq;
    return true;
  });
}

/**
 * @param {unknown} value
 * @returns {value is Message}
 */
function isMessage(value) {
  return isRecord(value) && Number.isSafeInteger(value.seq) && Array.isArray(value.mention_ids) &&
    ["id", "channel_id", "author_id", "client_id", "text", "html", "created_at"].every((field) =>
      typeof value[field] === "string"
    );
}

/** @param {unknown} value */
function isNotice(value) {
  return isRecord(value) && Number.isSafeInteger(value.seq) &&
    ["kind", "at", "text"].every((field) => typeof value[field] === "string");
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isRecord(value) {
  return typeof value === "object" && value !== null;
}
