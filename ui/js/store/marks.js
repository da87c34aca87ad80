/**
 * Reactions and pins that were set or taken off here, before the server has said so. They lie over the
 * messages, wherever these are shown, and go when the event has come or the server has refused.
 *
 * @import { Message } from "../protocol.generated.d.ts"
 */

import { withoutReaction, withReaction } from "./hanging.js";

/**
 * @typedef {object} Mark
 * @property {string} id
 * @property {string} channelId
 * @property {string} messageId
 * @property {string | null} emoji null: it is the pin
 * @property {boolean} isOn
 * @property {string} at
 * @property {number | null} seq its place, once the server has said it
 */

/**
 * The last word on one thing is what counts.
 *
 * @param {Mark[]} marks
 * @param {Mark} mark
 * @returns {Mark[]}
 */
export function withMark(marks, mark) {
  const others = marks.filter(({ messageId, emoji }) =>
    messageId !== mark.messageId || emoji !== mark.emoji
  );
  return [...others, mark];
}

/**
 * @param {Mark[]} marks
 * @param {string} id
 * @param {{ seq: number | null, cursor: number }} answer cursor: up to where events were applied
 * @returns {Mark[]}
 */
export function withMarkAnswered(marks, id, { seq, cursor }) {
  if (seq === null || seq <= cursor) return withoutMark(marks, id);
  return marks.map((mark) => mark.id === id ? { ...mark, seq } : mark);
}

/**
 * @param {Mark[]} marks
 * @param {string} id
 */
export function withoutMark(marks, id) {
  const rest = marks.filter((mark) => mark.id !== id);
  return rest.length === marks.length ? marks : rest;
}

/**
 * Events up to there were applied: the messages themselves show it now.
 *
 * @param {Mark[]} marks
 * @param {string} channelId
 * @param {number} cursor
 */
export function withoutApplied(marks, channelId, cursor) {
  const rest = marks.filter((mark) =>
    mark.channelId !== channelId || mark.seq === null || mark.seq > cursor
  );
  return rest.length === marks.length ? marks : rest;
}

/**
 * A message as whoever marked it sees it.
 *
 * @param {Message} message
 * @param {Mark[]} marks
 * @param {string} meId
 * @returns {Message} the same one when nothing is marked on it
 */
export function marked(message, marks, meId) {
  return marks.filter(({ messageId }) => messageId === message.id).reduce((shown, mark) => {
    if (mark.emoji === null) {
      return mark.isOn
        ? { ...shown, pinned_at: mark.at, pinned_by_id: meId }
        : { ...shown, pinned_at: null, pinned_by_id: null };
    }
    return mark.isOn
      ? withReaction(shown, mark.emoji, meId)
      : withoutReaction(shown, mark.emoji, meId);
  }, message);
}
