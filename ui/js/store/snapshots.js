/**
 * What REST answers, put into the state beside what the events have already said.
 *
 * @import { Unread } from "../api.js"
 * @import { ChannelView, Member, Preferences, Section, User } from "../protocol.generated.d.ts"
 * @import { State } from "./state.js"
 * @import { LoadedPage } from "./timeline.js"
 */

import { withChannelGone } from "./events.js";
import { emptyMemberList, withMemberPage } from "./members.js";
import { removeArrived } from "./outbox.js";
import { byId, channelStream, without } from "./state.js";
import { withoutThreadsOf } from "./threads.js";
import { startTimeline, withFailure, withPage } from "./timeline.js";
import { untouchedCount, withSnapshot } from "./unread.js";

/**
 * All channels that I am in.
 *
 * @param {State} state
 * @param {ChannelView[]} channels
 * @returns {State}
 */
export function withMyChannels(state, channels) {
  const mine = new Set(channels.map((channel) => channel.id));
  const gone = Object.values(state.channels).filter((channel) =>
    channel.membership !== null && !mine.has(channel.id)
  );
  const kept = gone.reduce((next, channel) => withChannelGone(next, channel.id), state);
  return channels.reduce(withChannel, kept);
}

/**
 * @param {State} state
 * @param {ChannelView} channel
 * @returns {State}
 */
export function withChannel(state, channel) {
  const stream = channelStream(channel.id);
  if (channel.membership === null) {
    return { ...state, channels: { ...state.channels, [channel.id]: channel } };
  }
  const cursor = state.cursors[stream];
  if (cursor !== undefined && cursor > channel.last_seq) return state;
  return {
    ...state,
    // What was looked at before joining was not kept up to date.
    timelines: cursor === undefined ? without(state.timelines, channel.id) : state.timelines,
    threads: cursor === undefined ? withoutThreadsOf(state.threads, channel.id) : state.threads,
    channels: { ...state.channels, [channel.id]: channel },
    cursors: { ...state.cursors, [stream]: cursor ?? channel.last_seq },
    unread: state.unread[channel.id] ? state.unread : {
      ...state.unread,
      [channel.id]: untouchedCount(channel.membership.read_seq, channel.last_seq),
    },
  };
}

/**
 * @param {State} state
 * @param {Unread[]} rows
 * @returns {State}
 */
export function withUnread(state, rows) {
  const byChannel = new Map(rows.map((row) => [row.channel_id, row]));
  /** @type {State["unread"]} */
  const unread = {};
  for (const [channelId, count] of Object.entries(state.unread)) {
    const row = byChannel.get(channelId);
    unread[channelId] = row ? withSnapshot(count, row) : { ...count, isStale: false };
  }
  return { ...state, unread };
}

/**
 * @param {State} state
 * @param {string} workspaceName
 * @returns {State}
 */
export function withWorkspaceName(state, workspaceName) {
  return workspaceName === state.workspaceName ? state : { ...state, workspaceName };
}

/**
 * What belongs to the person alone.
 *
 * @param {State} state
 * @param {{ sections: Section[], preferences: Preferences }} read
 * @returns {State}
 */
export function withOwn(state, { sections, preferences }) {
  return { ...state, personal: { ...state.personal, sections, preferences } };
}

/**
 * @param {State} state
 * @param {User[]} users
 * @returns {State}
 */
export function withUsers(state, users) {
  return { ...state, users: { ...state.users, ...byId(users) } };
}

/**
 * @param {State} state
 * @param {string} channelId
 * @param {{ generation: number, atEnd: boolean }} options
 * @returns {State}
 */
export function withTimelineStarted(state, channelId, options) {
  return {
    ...state,
    timelines: { ...state.timelines, [channelId]: startTimeline(options) },
  };
}

/**
 * @param {State} state
 * @param {string} channelId
 * @param {"older" | "newer"} kind
 * @returns {State}
 */
export function withPageAsked(state, channelId, kind) {
  const timeline = state.timelines[channelId];
  if (!timeline) return state;
  const asked = kind === "older" ? { isLoadingOlder: true } : { isLoadingNewer: true };
  return {
    ...state,
    timelines: { ...state.timelines, [channelId]: { ...timeline, ...asked, error: null } },
  };
}

/**
 * @param {State} state
 * @param {string} channelId
 * @param {number} generation
 * @param {LoadedPage} page
 * @returns {State}
 */
export function withMessages(state, channelId, generation, page) {
  const timeline = state.timelines[channelId];
  if (timeline?.generation !== generation) return state;
  return {
    ...state,
    timelines: { ...state.timelines, [channelId]: withPage(timeline, page) },
    outbox: removeArrived(state.outbox, page.messages, state.me.id),
  };
}

/**
 * @param {State} state
 * @param {string} channelId
 * @param {number} generation
 * @param {LoadedPage["kind"]} kind
 * @param {string} error
 * @returns {State}
 */
export function withMessagesFailed(state, channelId, generation, kind, error) {
  const timeline = state.timelines[channelId];
  if (timeline?.generation !== generation) return state;
  return {
    ...state,
    timelines: { ...state.timelines, [channelId]: withFailure(timeline, kind, error) },
  };
}

/**
 * Forget the timelines that were open longest ago.
 *
 * @param {State} state
 * @param {string[]} keep
 * @returns {State}
 */
export function withTimelinesOnly(state, keep) {
  return {
    ...state,
    timelines: Object.fromEntries(
      Object.entries(state.timelines).filter(([channelId]) => keep.includes(channelId)),
    ),
  };
}

/**
 * @param {State} state
 * @param {string} channelId
 * @returns {State}
 */
export function withMembersAsked(state, channelId) {
  const list = state.members[channelId] ?? emptyMemberList();
  return {
    ...state,
    members: { ...state.members, [channelId]: { ...list, isLoading: true, error: null } },
  };
}

/**
 * @param {State} state
 * @param {string} channelId
 * @param {{ results: Member[], next_cursor: string | null, has_more: boolean }} page
 * @returns {State}
 */
export function withMembers(state, channelId, page) {
  const list = state.members[channelId];
  if (!list) return state;
  return {
    ...withUsers(state, page.results.map((member) => member.user)),
    members: { ...state.members, [channelId]: withMemberPage(list, page) },
  };
}

/**
 * @param {State} state
 * @param {string} channelId
 * @param {string} error
 * @returns {State}
 */
export function withMembersFailed(state, channelId, error) {
  const list = state.members[channelId];
  if (!list) return state;
  return {
    ...state,
    members: { ...state.members, [channelId]: { ...list, isLoading: false, error } },
  };
}
