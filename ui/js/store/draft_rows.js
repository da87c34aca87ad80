/**
 * What was begun in all places: what stands in the fields here, and what the devices share.
 *
 * @import { State } from "./state.js"
 */

/**
 * @typedef {object} DraftRow
 * @property {string} key as `draftKey` makes it
 * @property {string} channelId
 * @property {string | null} threadId
 * @property {string} text
 * @property {string | null} at when it was shared last; null: it never was
 */

/**
 * The newest first. What is only here is newer than what is shared.
 *
 * @param {Pick<State, "drafts" | "personal" | "channels">} state
 * @returns {DraftRow[]}
 */
export function draftRows({ drafts, personal, channels }) {
  const keys = new Set([...Object.keys(drafts), ...Object.keys(personal.drafts)]);
  return [...keys].map((key) => {
    const [channelId = "", threadId = null] = key.split("/");
    const shared = personal.drafts[key];
    return {
      key,
      channelId,
      threadId,
      text: drafts[key] ?? shared?.text ?? "",
      at: shared?.updated_at ?? null,
    };
  }).filter(({ text, channelId }) => text.trim() !== "" && channelId in channels)
    .toSorted((a, b) => (b.at ?? "9").localeCompare(a.at ?? "9"));
}
