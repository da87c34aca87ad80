/**
 * Things of the wire, as small as a test needs them.
 *
 * @import { ChannelView, File, Message, OrderedEvent, OwnMembership, OwnUser, User, Welcome } from "../../ui/js/protocol.generated.d.ts"
 * @import { Attention, State } from "../../ui/js/store/state.js"
 */

import { EVENT, FRAME } from "../../ui/js/protocol.generated.js";
import { withMessages, withTimelineStarted } from "../../ui/js/store/snapshots.js";
import { initialState } from "../../ui/js/store/state.js";

export const ME = "1";
export const ANN = "2";
export const GENERAL = "7";
export const STREAM = "c:7";
export const OWN_STREAM = "u:1";

/**
 * @param {string} id
 * @returns {User}
 */
export function user(id) {
  return {
    id,
    username: `user${id}`,
    display_name: `User ${id}`,
    role: "member",
    is_bot: false,
    is_active: true,
    title: "",
    time_zone: "",
    avatar: null,
    status_emoji: "",
    status_text: "",
    status_until: null,
  };
}

/** @returns {OwnUser} */
export function me() {
  return {
    ...user(ME),
    about: "",
    pronouns: "",
    email: "me@example.org",
    locale: "",
    presence_choice: "auto",
  };
}

/**
 * @param {Partial<ChannelView>} [fields]
 * @returns {ChannelView}
 */
export function channel(fields = {}) {
  return {
    id: GENERAL,
    name: "general",
    kind: "public",
    topic: "",
    description: "",
    posting: "everyone",
    is_default: false,
    user_ids: [],
    created_at: "2026-11-23T10:00:00Z",
    created_by_id: ANN,
    archived_at: null,
    last_seq: 10,
    last_message_at: null,
    member_count: 2,
    membership: membership(),
    ...fields,
  };
}

/**
 * @param {Partial<OwnMembership>} [fields]
 * @returns {OwnMembership}
 */
export function membership(fields = {}) {
  return {
    role: "member",
    read_seq: 10,
    joined_at: "2026-11-23T10:00:00Z",
    level: "default",
    is_muted: false,
    is_favourite: false,
    is_hidden: false,
    section_id: null,
    ...fields,
  };
}

/**
 * @param {number} seq
 * @param {Partial<Message>} [fields]
 * @returns {Message}
 */
export function message(seq, fields = {}) {
  return {
    id: String(1000 + seq),
    channel_id: GENERAL,
    seq,
    author_id: ANN,
    client_id: `00000000-0000-4000-8000-${String(seq).padStart(12, "0")}`,
    text: `text ${seq}`,
    html: `<p>text ${seq}</p>`,
    thread_id: null,
    version: 1,
    created_at: new Date(Date.UTC(2026, 10, 23, 12, 0, seq)).toISOString(),
    edited_at: null,
    edited_by_id: null,
    deleted_at: null,
    mention_ids: [],
    broad: "",
    reactions: [],
    files: [],
    also_to_channel: false,
    thread: null,
    quote: null,
    pinned_at: null,
    pinned_by_id: null,
    sender_name: "",
    sender_emoji: "",
    ...fields,
  };
}

/**
 * @param {number} seq
 * @param {Partial<Message>} [fields]
 * @returns {OrderedEvent}
 */
export function posted(seq, fields = {}) {
  const written = message(seq, fields);
  return {
    ...place(seq),
    type: EVENT.MESSAGE_POSTED,
    message: written,
    thread: null,
    actor_id: written.author_id,
  };
}

/**
 * @param {number} seq of the event
 * @param {number} messageSeq
 * @param {Partial<Message>} [fields]
 * @returns {OrderedEvent}
 */
export function edited(seq, messageSeq, fields = {}) {
  return {
    ...place(seq),
    type: EVENT.MESSAGE_EDITED,
    message: message(messageSeq, {
      version: 2,
      text: "edited",
      edited_at: "2026-11-23T13:00:00Z",
      ...fields,
    }),
  };
}

/**
 * @param {number} seq of the event
 * @param {number} messageSeq
 * @returns {OrderedEvent}
 */
export function deleted(seq, messageSeq) {
  return {
    ...place(seq),
    type: EVENT.MESSAGE_DELETED,
    message_id: String(1000 + messageSeq),
    thread: null,
  };
}

/** @param {number} seq */
export function place(seq) {
  return {
    stream: STREAM,
    channel_id: GENERAL,
    seq,
    at: "2026-11-23T12:30:00Z",
    actor_id: ANN,
  };
}

/** @param {number} seq */
export function ownPlace(seq) {
  return { stream: OWN_STREAM, seq, at: "2026-11-23T12:30:00Z", actor_id: ME };
}

/**
 * @param {Partial<Welcome>} [fields]
 * @returns {Welcome}
 */
export function welcome(fields = {}) {
  return {
    type: FRAME.WELCOME,
    protocol: 1,
    instance: "Instance-1",
    connection_id: "c1",
    epoch: "e1",
    heartbeat_seconds: 15,
    user: me(),
    streams: { [OWN_STREAM]: 4, [STREAM]: 10 },
    ...fields,
  };
}

/**
 * @param {Partial<Attention>} [fields]
 * @returns {Attention}
 */
export function attention(fields = {}) {
  return {
    isFocused: false,
    isAtBottom: false,
    isAtThreadEnd: false,
    isCovered: false,
    ...fields,
  };
}

/**
 * Somebody in #general, who has read up to 10.
 *
 * @param {Partial<State>} [fields]
 * @returns {State}
 */
export function state(fields = {}) {
  return {
    ...initialState({
      user: me(),
      workspace: { name: "Acme" },
      channels: [channel()],
      unread: [],
      users: [user(ANN)],
      preferences: null,
      sections: [],
      drafts: [],
      own_seq: null,
      languages: [],
      csrf_token: "",
      instance: "Instance-1",
    }),
    ...fields,
  };
}

/**
 * The same, with the newest messages loaded.
 *
 * @param {import("../../ui/js/protocol.generated.d.ts").Message[]} messages
 * @param {Partial<State>} [fields]
 */
export function stateWith(messages, fields = {}) {
  const started = withTimelineStarted(state(fields), GENERAL, { generation: 1, atEnd: true });
  return withMessages(started, GENERAL, 1, {
    kind: "newest",
    messages,
    notices: [],
    hasMore: false,
  });
}

/** @param {State} current */
export function seqs(current) {
  return current.timelines[GENERAL]?.messages.map(({ seq }) => seq);
}

/**
 * @param {string} id
 * @returns {File}
 */
export function file(id) {
  return {
    id,
    name: "tide.txt",
    size: 12,
    content_type: "text/plain",
    state: "plain",
    is_inline: false,
    width: null,
    height: null,
    colour: "",
    thumbnails: [],
  };
}
