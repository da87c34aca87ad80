/**
 * From the state to what `notifying.js` decides about.
 *
 * @import { Message } from "../protocol.generated.d.ts"
 * @import { Situation } from "./notifying.js"
 * @import { State } from "./state.js"
 */

import { isInChannel } from "./timeline.js";

/**
 * @param {State} state
 * @param {Message} message
 * @param {{ hasKeyword: boolean, followsThread: boolean, now: Date }} known
 * @returns {Situation | null} null where one is not in the channel
 */
export function situationOf(state, message, { hasKeyword, followsThread, now }) {
  const channel = state.channels[message.channel_id];
  const { preferences } = state.personal;
  if (!channel?.membership || !preferences) return null;
  return {
    now,
    isOwn: message.author_id === state.me.id,
    isDirect: channel.kind === "dm",
    isInChannel: isInChannel(message),
    call: callOf(message, state.me.id, hasKeyword),
    followsThread,
    level: channel.membership.level,
    defaultLevel: preferences.level,
    isMuted: channel.membership.is_muted,
    notifyThreads: preferences.notify_threads,
    presence: state.me.presence_choice === "dnd" ? "dnd" : state.presence[state.me.id] ?? "unknown",
    dndUntil: preferences.dnd_until === null ? null : new Date(preferences.dnd_until),
    quietHours: preferences.quiet_hours,
    timeZone: state.me.time_zone,
  };
}

/**
 * @param {State} state
 * @param {Message} message
 */
export function isReadInState(state, message) {
  const { thread_id, channel_id, seq } = message;
  if (thread_id !== null && (state.personal.threads[thread_id]?.read_seq ?? 0) >= seq) return true;
  return isInChannel(message) && (state.unread[channel_id]?.readSeq ?? 0) >= seq;
}

/**
 * @param {Message} message
 * @param {string} meId
 * @param {boolean} hasKeyword
 * @returns {Situation["call"]}
 */
function callOf(message, meId, hasKeyword) {
  // Whether by name or by group is not told, and makes no difference to whether one is told at once.
  if (message.mention_ids.includes(meId)) return "name";
  if (hasKeyword) return "keyword";
  return message.broad;
}
