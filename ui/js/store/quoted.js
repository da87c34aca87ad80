/**
 * Messages that others quote, asked for one by one: they may lie far back, or in another channel.
 *
 * @import { Message, Quote } from "../protocol.generated.d.ts"
 * @import { State } from "./state.js"
 */

/** Kept at most; the ones asked for first go first. */
const QUOTED_KEPT = 200;

/**
 * @param {State} state
 * @param {string} messageId
 * @param {Message | null} message null: there is none that one may see
 * @returns {State}
 */
export function withQuoted(state, messageId, message) {
  const { [messageId]: _, ...others } = state.quoted;
  const kept = Object.entries(others).slice(1 - QUOTED_KEPT);
  return { ...state, quoted: { ...Object.fromEntries(kept), [messageId]: message } };
}

/**
 * @param {State} state
 * @param {string} messageId
 * @param {(message: Message) => Message} change
 * @returns {State}
 */
export function withQuotedChanged(state, messageId, change) {
  const message = state.quoted[messageId];
  if (!message) return state;
  return { ...state, quoted: { ...state.quoted, [messageId]: change(message) } };
}

/**
 * @param {State} state
 * @param {Pick<Quote, "channel_id" | "message_id">} quote
 * @returns {Message | null | undefined} undefined: not asked for yet
 */
export function quotedMessage(state, { channel_id, message_id }) {
  const shown = state.timelines[channel_id]?.messages.find(({ id }) => id === message_id);
  return shown ?? state.quoted[message_id];
}
