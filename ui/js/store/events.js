/**
 * @import { ChannelView, Message, OrderedEvent, OwnMembership, ThreadSummary } from "../protocol.generated.d.ts"
 * @import { State } from "./state.js"
 * @import { Timeline } from "./timeline.js"
 */

import { EVENT } from "../protocol.generated.js";
import { tombstone, withoutReaction, withReaction, withText } from "./hanging.js";
import { withoutApplied } from "./marks.js";
import { withMember, withMemberRole, withoutMember } from "./members.js";
import { reduceLists, withoutEntriesOf } from "./lists.js";
import { noticesOf } from "./notices.js";
import { removeApplied, removeArrived } from "./outbox.js";
import {
  draftKey,
  withDraft,
  withoutChannel,
  withoutSaved,
  withReply,
  withThreadsReadUpTo,
  withThreadState,
} from "./personal.js";
import { withQuotedChanged } from "./quoted.js";
import { channelIdOf, channelStream, without } from "./state.js";
import { reduceThreads, withoutThreadsOf } from "./threads.js";
import {
  isInChannel,
  withChange,
  withDeleted,
  withEdited,
  withNotices,
  withPosted,
} from "./timeline.js";
import {
  untouchedCount,
  withMention,
  withMessage,
  withoutMessage,
  withReadUpTo,
  withToldMarker,
  withUnreadReleased,
} from "./unread.js";
import { reduceUnreadThreads, withoutUnreadOf } from "./unread_threads.js";

/**
 * What each ordered event changes. That it comes at the right moment is the business of streams.js.
 *
 * @type {{ [Event in OrderedEvent as Event["type"]]: (state: State, event: Event) => State }}
 */
const reducers = {
  [EVENT.MESSAGE_POSTED]: (state, { channel_id, message, thread, seq }) => {
    const isFollowed = isReaderAtEnd(state, channel_id);
    const shown = onTimeline(
      state,
      channel_id,
      (timeline) =>
        withThread(
          isInChannel(message) ? withPosted(timeline, message, { isFollowed }) : timeline,
          thread,
        ),
    );
    const timed = onChannel(
      shown,
      channel_id,
      seq,
      (channel) => ({ ...channel, last_message_at: message.created_at }),
    );
    const counted = onUnread(
      timed,
      channel_id,
      (count) => withMessage(count, message, state.me.id, isMuted(state, channel_id)),
    );
    return withDividerForAbsent(
      withoutTyping({
        ...counted,
        outbox: removeArrived(counted.outbox, [message], state.me.id),
        personal: withReply(counted.personal, message, state.me.id),
      }, message),
      message,
    );
  },

  [EVENT.MESSAGE_EDITED]: (state, { channel_id, message }) => {
    const next = withQuotedChanged(state, message.id, (known) => withText(known, message));
    return isInChannel(message)
      ? onTimeline(next, channel_id, (timeline) => withEdited(timeline, message))
      : next;
  },

  [EVENT.MESSAGE_DELETED]: (state, { channel_id, message_id, thread, at }) => {
    const known = state.timelines[channel_id]?.messages.find(({ id }) => id === message_id);
    const shown = onTimeline(
      withQuotedChanged(state, message_id, (message) => tombstone(message, at)),
      channel_id,
      (timeline) => withThread(withDeleted(timeline, message_id, at), thread),
    );
    const kept = { ...shown, personal: withoutSaved(shown.personal, message_id) };
    if (known?.author_id === state.me.id) return kept;
    return onUnread(
      kept,
      channel_id,
      (count) => withoutMessage(count, message_id, known?.seq ?? null),
    );
  },

  [EVENT.MESSAGE_PINNED]: (state, { channel_id, message_id, at, actor_id }) =>
    onMessage(state, channel_id, message_id, (message) => ({
      ...message,
      pinned_at: at,
      pinned_by_id: actor_id,
    })),

  [EVENT.MESSAGE_UNPINNED]: (state, { channel_id, message_id }) =>
    onMessage(state, channel_id, message_id, (message) => ({
      ...message,
      pinned_at: null,
      pinned_by_id: null,
    })),

  [EVENT.REACTION_ADDED]: (state, { channel_id, message_id, emoji, user_id }) =>
    onMessage(
      state,
      channel_id,
      message_id,
      (message) => withReaction(message, emoji, user_id),
    ),

  [EVENT.REACTION_REMOVED]: (state, { channel_id, message_id, emoji, user_id }) =>
    onMessage(
      state,
      channel_id,
      message_id,
      (message) => withoutReaction(message, emoji, user_id),
    ),

  [EVENT.MEMBER_JOINED]: (state, { channel_id, member, seq }) =>
    onMembers(
      onChannel(
        { ...state, users: { ...state.users, [member.user_id]: member.user } },
        channel_id,
        seq,
        (channel) => ({ ...channel, member_count: channel.member_count + 1 }),
      ),
      channel_id,
      (list) => withMember(list, member),
    ),

  [EVENT.MEMBER_LEFT]: (state, { channel_id, user_id, seq }) =>
    memberGone(state, channel_id, seq, user_id),

  [EVENT.MEMBER_REMOVED]: (state, { channel_id, user_id, seq }) =>
    memberGone(state, channel_id, seq, user_id),

  [EVENT.MEMBER_ROLE_CHANGED]: (state, { channel_id, user_id, role, seq }) => {
    const next = onMembers(state, channel_id, (list) => withMemberRole(list, user_id, role));
    if (user_id !== state.me.id) return next;
    return onChannel(next, channel_id, seq, (channel) => ({
      ...channel,
      membership: channel.membership && { ...channel.membership, role },
    }));
  },

  [EVENT.CHANNEL_CHANGED]: (state, { channel_id, channel, seq }) =>
    onChannel(state, channel_id, seq, (known) => ({ ...known, ...channel })),

  [EVENT.CHANNEL_ARCHIVED]: (state, { channel_id, channel, seq }) =>
    onChannel(state, channel_id, seq, (known) => ({ ...known, ...channel })),

  [EVENT.CHANNEL_UNARCHIVED]: (state, { channel_id, channel, seq }) =>
    onChannel(state, channel_id, seq, (known) => ({ ...known, ...channel })),

  [EVENT.CHANNEL_ADDED]: (state, { channel }) => withChannelAdded(state, channel),

  [EVENT.CHANNEL_REMOVED]: (state, { channel_id }) => withChannelGone(state, channel_id),

  [EVENT.READ_CHANGED]: (state, { channel_id, read_seq }) =>
    onUnread(state, channel_id, (count) => withToldMarker(count, read_seq)),

  [EVENT.READ_ALL_CHANGED]: (state, { markers }) => {
    const unread = Object.entries(state.unread).map(([channelId, count]) => {
      const marker = markers[channelId];
      return [channelId, marker === undefined ? count : withToldMarker(count, marker)];
    });
    return {
      ...state,
      unread: Object.fromEntries(unread),
      personal: withThreadsReadUpTo(state.personal, markers),
    };
  },

  [EVENT.MENTION_CREATED]: (state, { channel_id, message_id, message_seq }) =>
    onUnread(state, channel_id, (count) => withMention(count, message_id, message_seq)),

  [EVENT.MEMBERSHIP_CHANGED]: (state, { channel_id, membership }) =>
    withMembership(state, channel_id, membership),

  [EVENT.THREAD_CHANGED]: (state, thread) => ({
    ...state,
    personal: withThreadState(state.personal, thread),
  }),

  [EVENT.PREFERENCES_CHANGED]: (state, { preferences }) => ({
    ...state,
    personal: { ...state.personal, preferences },
  }),

  [EVENT.SECTIONS_CHANGED]: (state, { sections }) => {
    const known = new Set(sections.map(({ id }) => id));
    const channels = Object.entries(state.channels).map(([channelId, channel]) => {
      const { membership } = channel;
      const isLost = membership?.section_id && !known.has(membership.section_id);
      if (!isLost) return [channelId, channel];
      return [channelId, { ...channel, membership: { ...membership, section_id: null } }];
    });
    return {
      ...state,
      channels: Object.fromEntries(channels),
      personal: { ...state.personal, sections },
    };
  },

  [EVENT.DRAFT_CHANGED]: (state, place) => ({
    ...state,
    personal: withDraft(state.personal, place),
  }),

  [EVENT.SAVED_CHANGED]: (state, { message_id, is_saved }) => ({
    ...state,
    personal: {
      ...state.personal,
      saved: { ...state.personal.saved, [message_id]: is_saved },
    },
  }),
};

/**
 * @param {State} state
 * @param {OrderedEvent} event
 * @returns {State}
 */
export function reduceEvent(state, event) {
  const reduce = /** @type {((state: State, event: OrderedEvent) => State) | undefined} */ (
    reducers[event.type]
  );
  // A newer server may say things that this page does not know: they still take their place.
  return reduce ? reduceBeside(reduce(state, event), event) : state;
}

/**
 * What stands beside the messages of a channel: notices, threads, what is unread in them, lists.
 *
 * @param {State} state
 * @param {OrderedEvent} event
 * @returns {State}
 */
function reduceBeside(state, event) {
  const noticed = withNoticesOf(state, event);
  return reduceLists(reduceUnreadThreads(reduceThreads(noticed, event), event), event);
}

/**
 * @param {State} state
 * @param {OrderedEvent} event
 * @returns {State}
 */
function withNoticesOf(state, event) {
  const channelId = channelIdOf(event.stream);
  // A direct conversation has none.
  if (channelId === null || state.channels[channelId]?.kind === "dm") return state;
  const notices = noticesOf(event);
  if (notices.length === 0) return state;
  return onTimeline(state, channelId, (timeline) => withNotices(timeline, notices));
}

/**
 * What a channel is to me has changed.
 *
 * @param {State} state
 * @param {string} channelId
 * @param {OwnMembership} membership
 * @returns {State}
 */
export function withMembership(state, channelId, membership) {
  const channel = state.channels[channelId];
  if (!channel) return state;
  const next = {
    ...state,
    channels: { ...state.channels, [channelId]: { ...channel, membership } },
  };
  if (channel.membership?.is_muted === membership.is_muted) return next;
  // In a muted channel less counts as a mention: the server counts again.
  return onUnread(next, channelId, (count) => ({ ...count, isStale: true }));
}

/**
 * @param {State} state
 * @param {ChannelView} channel
 * @returns {State}
 */
export function withChannelAdded(state, channel) {
  const stream = channelStream(channel.id);
  const isKnown = stream in state.cursors;
  const cursor = state.cursors[stream];
  if (isKnown && cursor !== undefined && cursor >= channel.last_seq) {
    return state;
  }
  return {
    ...state,
    channels: { ...state.channels, [channel.id]: channel },
    cursors: { ...state.cursors, [stream]: channel.last_seq },
    unread: {
      ...state.unread,
      [channel.id]: untouchedCount(channel.membership?.read_seq ?? 0, channel.last_seq),
    },
    // What was looked at before joining was not kept up to date.
    timelines: without(state.timelines, channel.id),
    threads: withoutThreadsOf(state.threads, channel.id),
    members: without(state.members, channel.id),
  };
}

/**
 * @param {State} state
 * @param {string} channelId
 * @returns {State}
 */
export function withChannelGone(state, channelId) {
  return {
    ...state,
    channels: without(state.channels, channelId),
    cursors: without(state.cursors, channelStream(channelId)),
    unread: without(state.unread, channelId),
    timelines: without(state.timelines, channelId),
    threads: withoutThreadsOf(state.threads, channelId),
    lists: withoutEntriesOf(state.lists, channelId),
    unreadThreads: withoutUnreadOf(state.unreadThreads, channelId),
    members: without(state.members, channelId),
    typing: without(state.typing, channelId),
    personal: withoutChannel(state.personal, channelId),
    outbox: state.outbox.filter((entry) => entry.channel_id !== channelId),
  };
}

/**
 * @param {State} state
 * @param {string} channelId
 * @param {number} seq
 * @returns {State}
 */
export function withRead(state, channelId, seq) {
  return onUnread(state, channelId, (count) => withReadUpTo(count, seq));
}

/**
 * Somebody wants to find everything from here on as new.
 *
 * @param {State} state
 * @param {string} channelId
 * @param {number} seq
 * @returns {State}
 */
export function withUnreadFrom(state, channelId, seq) {
  const { place } = state;
  const shown = place?.channelId === channelId
    ? { ...state, place: { ...place, dividerAfter: seq - 1 } }
    : state;
  return onUnread(shown, channelId, (count) => ({ ...count, isKept: true }));
}

/**
 * @param {State} state
 * @param {string} channelId
 * @returns {State}
 */
export function withReadingAgain(state, channelId) {
  if (!state.unread[channelId]?.isKept) return state;
  return onUnread(state, channelId, withUnreadReleased);
}

/**
 * @param {State} state
 * @param {string} channelId
 */
function isMuted(state, channelId) {
  return state.channels[channelId]?.membership?.is_muted ?? false;
}

/**
 * @param {State} state
 * @param {string} channelId
 */
export function isReaderAtEnd(state, channelId) {
  return state.place?.channelId !== channelId || state.attention.isAtBottom;
}

/**
 * @param {State} state
 * @param {string} stream
 * @param {number} seq
 * @returns {State}
 */
export function withCursor(state, stream, seq) {
  const next = { ...state, cursors: { ...state.cursors, [stream]: seq } };
  if (!stream.startsWith("c:")) return next;
  const channelId = stream.slice(2);
  next.outbox = removeApplied(next.outbox, channelId, seq);
  next.marks = withoutApplied(next.marks, channelId, seq);
  return onChannel(next, channelId, seq, (channel) => ({ ...channel, last_seq: seq }));
}

/**
 * @param {State} state
 * @param {string} channelId
 * @param {number} seq
 * @param {string} userId
 */
function memberGone(state, channelId, seq, userId) {
  return onMembers(
    onChannel(state, channelId, seq, (channel) => ({
      ...channel,
      member_count: Math.max(0, channel.member_count - 1),
    })),
    channelId,
    (list) => withoutMember(list, userId),
  );
}

/**
 * Somebody who is not looking finds "New" where they stopped reading.
 *
 * @param {State} state
 * @param {Message} message
 * @returns {State}
 */
function withDividerForAbsent(state, message) {
  const { place, attention, me } = state;
  if (place?.channelId !== message.channel_id || attention.isFocused) return state;
  if (message.author_id === me.id || message.deleted_at !== null) return state;
  const readSeq = state.unread[message.channel_id]?.readSeq ?? 0;
  if (place.dividerAfter !== null && place.dividerAfter >= readSeq) return state;
  return { ...state, place: { ...place, dividerAfter: readSeq } };
}

/**
 * @param {State} state
 * @param {Message} message
 * @returns {State}
 */
function withoutTyping(state, message) {
  const key = draftKey(message.channel_id, message.thread_id);
  const typists = state.typing[key];
  if (!typists || !(message.author_id in typists)) return state;
  return { ...state, typing: { ...state.typing, [key]: without(typists, message.author_id) } };
}

/**
 * A channel read over REST may already hold what an event is about to say.
 *
 * @param {State} state
 * @param {string} channelId
 * @param {number} seq
 * @param {(channel: ChannelView) => ChannelView} change
 * @returns {State}
 */
function onChannel(state, channelId, seq, change) {
  const channel = state.channels[channelId];
  if (!channel || seq <= channel.last_seq) return state;
  return { ...state, channels: { ...state.channels, [channelId]: change(channel) } };
}

/**
 * @param {State} state
 * @param {string} channelId
 * @param {(timeline: Timeline) => Timeline} change
 * @returns {State}
 */
function onTimeline(state, channelId, change) {
  const timeline = state.timelines[channelId];
  if (!timeline) return state;
  return { ...state, timelines: { ...state.timelines, [channelId]: change(timeline) } };
}

/**
 * @param {State} state
 * @param {string} channelId
 * @param {string} messageId
 * @param {(message: Message) => Message} change
 * @returns {State}
 */
function onMessage(state, channelId, messageId, change) {
  return onTimeline(state, channelId, (timeline) => withChange(timeline, messageId, change));
}

/**
 * What a thread's root shows follows its replies.
 *
 * @param {Timeline} timeline
 * @param {ThreadSummary | null} thread
 * @returns {Timeline}
 */
function withThread(timeline, thread) {
  if (!thread) return timeline;
  return withChange(timeline, thread.root_id, (root) => ({
    ...root,
    thread: thread.reply_count > 0 ? thread : null,
  }));
}

/**
 * @param {State} state
 * @param {string} channelId
 * @param {(count: import("./unread.js").UnreadCount) => import("./unread.js").UnreadCount} change
 * @returns {State}
 */
function onUnread(state, channelId, change) {
  const count = state.unread[channelId];
  if (!count) return state;
  return { ...state, unread: { ...state.unread, [channelId]: change(count) } };
}

/**
 * @param {State} state
 * @param {string} channelId
 * @param {(list: import("./members.js").MemberList) => import("./members.js").MemberList} change
 * @returns {State}
 */
function onMembers(state, channelId, change) {
  const list = state.members[channelId];
  if (!list) return state;
  return { ...state, members: { ...state.members, [channelId]: change(list) } };
}
