/**
 * What stands in the fields, and what all devices share of it.
 *
 * @import { Draft } from "../protocol.generated.d.ts"
 * @import { State } from "./state.js"
 */

import { draftKey } from "./personal.js";

/**
 * @param {State} state
 * @param {string} key
 * @param {string} text
 * @returns {State}
 */
export function withText(state, key, text) {
  return { ...state, drafts: { ...state.drafts, [key]: text } };
}

/**
 * The server's drafts, all of them. What an event has changed since they were asked for is newer.
 *
 * @param {State} state
 * @param {Draft[]} rows
 * @param {Record<string, Draft>} before the shared drafts when they were asked for
 * @returns {State}
 */
export function withSharedDrafts(state, rows, before) {
  const { drafts } = state.personal;
  const read = Object.fromEntries(
    rows.map((row) => [draftKey(row.channel_id, row.thread_id), row]),
  );
  const keys = new Set([...Object.keys(read), ...Object.keys(drafts)]);
  /** @type {Record<string, Draft>} */
  const next = {};
  for (const key of keys) {
    const row = drafts[key] === before[key] ? read[key] : drafts[key];
    if (row) next[key] = row;
  }
  return { ...state, personal: { ...state.personal, drafts: next } };
}

/**
 * Show in the fields what the devices share, but for those in which something newer stands.
 *
 * @param {State} state
 * @param {(key: string) => boolean} isNewer
 * @returns {State}
 */
export function withSharedTexts(state, isNewer) {
  const shared = state.personal.drafts;
  const keys = new Set([...Object.keys(shared), ...Object.keys(state.drafts)]);
  const changed = [...keys].filter((key) =>
    !isNewer(key) && (shared[key]?.text ?? "") !== (state.drafts[key] ?? "")
  );
  return changed.reduce((next, key) => withText(next, key, shared[key]?.text ?? ""), state);
}
