/**
 * What belongs to the person alone, as the events on their own stream change it.
 *
 * @import { Draft, Message, Preferences, Section, ThreadState } from "../protocol.generated.d.ts"
 */

/**
 * @typedef {object} Personal
 * @property {Preferences | null} preferences null until they have been read
 * @property {Section[]} sections in order
 * @property {Record<string, Draft>} drafts by `draftKey`: what all devices share
 * @property {Record<string, boolean>} saved message → whether it is kept for later, where heard of
 * @property {Record<string, ThreadState>} threads by root, where heard of
 */

/** @returns {Personal} */
export function emptyPersonal() {
  return { preferences: null, sections: [], drafts: {}, saved: {}, threads: {} };
}

/**
 * @param {string} channelId
 * @param {string | null} threadId
 */
export function draftKey(channelId, threadId) {
  return threadId === null ? channelId : `${channelId}/${threadId}`;
}

/**
 * Fold or unfold one of one's own sections.
 *
 * @param {Personal} personal
 * @param {string} sectionId
 * @param {boolean} isCollapsed
 * @returns {Personal}
 */
export function withSectionFolded(personal, sectionId, isCollapsed) {
  const sections = personal.sections.map((section) =>
    section.id === sectionId ? { ...section, is_collapsed: isCollapsed } : section
  );
  return { ...personal, sections };
}

/**
 * @param {Personal} personal
 * @param {{ channel_id: string, thread_id: string | null, draft: Draft | null }} place
 * @returns {Personal}
 */
export function withDraft(personal, { channel_id, thread_id, draft }) {
  const known = personal.drafts[draftKey(channel_id, thread_id)];
  // An answer can be faster than the events before it.
  if (known && draft && draft.version < known.version) return personal;
  const { [draftKey(channel_id, thread_id)]: _, ...others } = personal.drafts;
  if (!draft) return { ...personal, drafts: others };
  return { ...personal, drafts: { ...others, [draftKey(channel_id, thread_id)]: draft } };
}

/**
 * @param {Personal} personal
 * @param {ThreadState} thread
 * @returns {Personal}
 */
export function withThreadState(personal, { root_id, channel_id, is_following, read_seq }) {
  const state = { root_id, channel_id, is_following, read_seq };
  return { ...personal, threads: { ...personal.threads, [root_id]: state } };
}

/**
 * Whoever replies has seen what is above.
 *
 * @param {Personal} personal
 * @param {Message} message
 * @param {string} meId
 * @returns {Personal}
 */
export function withReply(personal, message, meId) {
  const thread = message.thread_id === null ? undefined : personal.threads[message.thread_id];
  if (!thread || message.author_id !== meId || message.seq <= thread.read_seq) return personal;
  return withThreadState(personal, { ...thread, read_seq: message.seq });
}

/**
 * What is deleted is kept by nobody.
 *
 * @param {Personal} personal
 * @param {string} messageId
 * @returns {Personal}
 */
export function withoutSaved(personal, messageId) {
  if (!(messageId in personal.saved)) return personal;
  const { [messageId]: _, ...saved } = personal.saved;
  return { ...personal, saved };
}

/**
 * All threads of these channels were read up to there.
 *
 * @param {Personal} personal
 * @param {Record<string, number>} markers
 * @returns {Personal}
 */
export function withThreadsReadUpTo(personal, markers) {
  const threads = Object.entries(personal.threads).map(([rootId, thread]) => [
    rootId,
    { ...thread, read_seq: Math.max(thread.read_seq, markers[thread.channel_id] ?? 0) },
  ]);
  return { ...personal, threads: Object.fromEntries(threads) };
}

/**
 * Whoever leaves a channel gives up what they had begun and followed there.
 *
 * @param {Personal} personal
 * @param {string} channelId
 * @returns {Personal}
 */
export function withoutChannel(personal, channelId) {
  return {
    ...personal,
    drafts: elsewhere(personal.drafts, channelId),
    threads: elsewhere(personal.threads, channelId),
  };
}

/**
 * @template {{ channel_id: string }} Row
 * @param {Record<string, Row>} rows
 * @param {string} channelId
 * @returns {Record<string, Row>}
 */
function elsewhere(rows, channelId) {
  return Object.fromEntries(Object.entries(rows).filter(([, row]) => row.channel_id !== channelId));
}
