/**
 * What has no place in a stream: who types, who is there.
 *
 * @import { FileChanged, OwnUser, PresenceChanged, TypingStarted, User } from "../protocol.generated.d.ts"
 * @import { PresenceState, State } from "./state.js"
 */

import { LIMIT } from "../protocol.generated.js";
import { withFile } from "./hanging.js";
import { draftKey } from "./personal.js";
import { withChange } from "./timeline.js";

/**
 * @param {State} state
 * @param {TypingStarted} event
 * @param {number} now
 * @returns {State}
 */
export function withTyping(state, event, now) {
  if (event.user_id === state.me.id) return state;
  const key = draftKey(event.channel_id, event.thread_id);
  return {
    ...state,
    typing: {
      ...state.typing,
      [key]: {
        ...state.typing[key],
        [event.user_id]: now + LIMIT.TYPING_SECONDS * 1000,
      },
    },
  };
}

/**
 * @param {State} state
 * @param {number} now
 * @returns {State}
 */
export function withoutStaleTyping(state, now) {
  /** @type {State["typing"]} */
  const typing = {};
  let isChanged = false;
  for (const [key, typists] of Object.entries(state.typing)) {
    const current = Object.entries(typists).filter(([, until]) => until > now);
    isChanged ||= current.length < Object.keys(typists).length;
    if (current.length > 0) typing[key] = Object.fromEntries(current);
  }
  return isChanged ? { ...state, typing } : state;
}

/**
 * @param {State} state
 * @param {PresenceChanged["users"]} users
 * @returns {State}
 */
export function withPresence(state, users) {
  return { ...state, presence: { ...state.presence, ...users } };
}

/**
 * The thumbnails of a file have been made.
 *
 * @param {State} state
 * @param {FileChanged} event
 * @returns {State}
 */
export function withFileChanged(state, { channel_id, message_id, file }) {
  const timeline = state.timelines[channel_id];
  if (!timeline) return state;
  const next = withChange(timeline, message_id, (message) => withFile(message, file));
  return { ...state, timelines: { ...state.timelines, [channel_id]: next } };
}

/**
 * @param {State} state
 * @param {User} user
 * @returns {State}
 */
export function withUser(state, user) {
  return {
    ...state,
    users: { ...state.users, [user.id]: user },
    me: user.id === state.me.id ? { ...state.me, ...user } : state.me,
  };
}

/**
 * Oneself, as REST answers.
 *
 * @param {State} state
 * @param {OwnUser} me
 * @returns {State}
 */
export function withMe(state, me) {
  const {
    about: _about,
    pronouns: _pronouns,
    email: _email,
    locale: _locale,
    presence_choice: _choice,
    ...user
  } = me;
  return { ...state, me, users: { ...state.users, [me.id]: user } };
}

/**
 * Without a connection nobody's presence is known.
 *
 * @param {State} state
 * @returns {State}
 */
export function withPresenceUnknown(state) {
  return { ...state, presence: {} };
}

/**
 * @param {State} state
 * @param {string} userId
 * @returns {PresenceState}
 */
export function presenceOf(state, userId) {
  return state.presence[userId] ?? "unknown";
}
