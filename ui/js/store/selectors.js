/**
 * @import { ChannelView, Message, OwnUser, User } from "../protocol.generated.d.ts"
 * @import { PresenceState, State } from "./state.js"
 */

import { locale, t } from "../lib/i18n.js";
import { draftKey } from "./personal.js";
import { unreadTotals } from "./unread.js";

/**
 * @typedef {object} ChannelLine
 * @property {ChannelView} channel
 * @property {number} messages unread
 * @property {number} mentions unread
 * @property {boolean} hasDraft
 */

const byName = new Intl.Collator(locale(), { sensitivity: "base", numeric: true });

/**
 * @param {Pick<State, "channels" | "unread" | "drafts">} state
 * @returns {ChannelLine[]}
 */
export function channelLines({ channels, unread, drafts }) {
  return Object.values(channels).filter(({ membership }) =>
    membership !== null && !membership.is_hidden
  ).map(
    (channel) => ({
      channel,
      ...unreadTotals(unread[channel.id]),
      hasDraft: (drafts[channel.id] ?? "").trim() !== "",
    }),
  ).sort((a, b) => byName.compare(a.channel.name, b.channel.name));
}

/**
 * A direct conversation has people instead of a name. Here it is called by the others in it.
 *
 * @param {ChannelView} channel
 * @param {Record<string, User>} users
 * @param {string} meId
 * @returns {ChannelView}
 */
export function named(channel, users, meId) {
  if (channel.kind !== "dm") return channel;
  const others = channel.user_ids.filter((id) => id !== meId);
  const names = others.map((id) => displayName(users, id));
  return { ...channel, name: names.join(", ") || t("Notes to yourself") };
}

/**
 * The other one of a conversation of two; null for every other channel.
 *
 * @param {ChannelView} channel
 * @param {string} meId
 */
export function partnerOf({ kind, user_ids }, meId) {
  if (kind !== "dm" || user_ids.length > 2) return null;
  return user_ids.find((id) => id !== meId) ?? meId;
}

/**
 * With whom one talks alone, the latest first: their presence is shown.
 *
 * @param {ChannelLine[]} lines
 * @param {string} meId
 */
export function partners(lines, meId) {
  return lines.filter(({ channel }) => channel.kind === "dm")
    .toSorted((a, b) => Date.parse(lastAt(b)) - Date.parse(lastAt(a)))
    .flatMap(({ channel }) => partnerOf(channel, meId) ?? []);
}

/** @param {ChannelLine} line */
export function lastAt({ channel }) {
  return channel.last_message_at ?? channel.created_at;
}

/**
 * @param {Pick<State, "drafts" | "personal">} state
 * @returns {Set<string>} where something was begun and not sent: here, or on another device
 */
export function draftPlaces({ drafts, personal }) {
  const here = Object.entries(drafts).filter(([, text]) => text.trim() !== "");
  return new Set([...here.map(([key]) => key), ...Object.keys(personal.drafts)]);
}

/**
 * How many drafts wait somewhere else: what one is just writing needs no reminder, and moves nothing.
 *
 * @param {Pick<State, "drafts" | "personal" | "place" | "thread">} state
 */
export function unopenedDrafts(state) {
  const places = draftPlaces(state);
  if (state.place) places.delete(state.place.channelId);
  if (state.thread) places.delete(draftKey(state.thread.channelId, state.thread.rootId));
  return places.size;
}

/**
 * What asks for the reader: how often they are called, and whether anything else is unread.
 *
 * @param {ChannelLine[]} lines
 * @returns {{ count: number, hasDot: boolean }}
 */
export function newsOf(lines) {
  const loud = lines.filter(({ channel }) => !channel.membership?.is_muted);
  return {
    count: lines.reduce((sum, line) => sum + callsIn(line), 0),
    hasDot: loud.some((line) => line.messages > 0),
  };
}

/**
 * In a direct conversation everything is meant for one.
 *
 * @param {ChannelLine} line
 */
function callsIn({ channel, messages, mentions }) {
  const isDirect = channel.kind === "dm" && !channel.membership?.is_muted;
  return isDirect ? Math.max(messages, mentions) : mentions;
}

/**
 * What the tab's title says: mentions when there are any, else a dot for unread.
 *
 * @param {{ count: number, hasDot: boolean }} news
 * @param {string} place what is open
 * @param {string} workspaceName
 */
export function tabTitle({ count, hasDot }, place, workspaceName) {
  const where = place ? `${place} · ${workspaceName}` : workspaceName;
  if (count > 0) return `(${count > 99 ? "99+" : count}) ${where}`;
  return hasDot ? `• ${where}` : where;
}

/**
 * Whether the person may delete other people's messages and change the channel.
 *
 * @param {State} state
 * @param {string} channelId
 */
export function isModerator(state, channelId) {
  const role = state.channels[channelId]?.membership?.role;
  if (role === undefined) return false;
  return role !== "member" || isWorkspaceAdmin(state);
}

/**
 * Whether the person may rename, archive … the channel and say who is what in it.
 *
 * @param {ChannelView} channel
 * @param {State["me"]} me
 */
export function canManage({ kind, membership }, me) {
  if (kind === "dm") return false;
  return isWorkspaceAdmin({ me }) || (membership !== null && membership.role !== "member");
}

/**
 * Whether the person may say what the channel is about.
 *
 * @param {ChannelView} channel
 * @param {State["me"]} me
 */
export function canDescribe(channel, me) {
  if (channel.kind === "dm" || channel.archived_at !== null) return false;
  if (canManage(channel, me)) return true;
  return channel.membership !== null && channel.posting === "everyone";
}

/** @param {Pick<State, "me">} state */
export function isWorkspaceAdmin({ me }) {
  return me.role === "owner" || me.role === "admin";
}

/**
 * What one looks like to oneself: whoever is invisible to others knows it.
 *
 * @param {Pick<OwnUser, "presence_choice">} me
 * @param {PresenceState} seen how others see one
 * @returns {PresenceState | "invisible"}
 */
export function ownPresence({ presence_choice }, seen) {
  return presence_choice === "invisible" && seen !== "unknown" ? "invisible" : seen;
}

/**
 * Whether somebody may change another's role and access. The server decides; this says what to offer.
 *
 * @param {Pick<User, "role">} me
 * @param {Pick<User, "role">} other
 */
export function canManagePerson(me, other) {
  if (me.role === "owner") return true;
  return me.role === "admin" && (other.role === "member" || other.role === "guest");
}

/**
 * @param {Pick<User, "role">} me
 * @param {Pick<User, "is_bot">} other
 * @returns {User["role"][]}
 */
export function rolesToGive(me, other) {
  return me.role === "owner" && !other.is_bot
    ? ["owner", "admin", "member", "guest"]
    : ["member", "guest"];
}

/**
 * @param {Record<string, User>} users
 * @param {string} userId
 */
export function displayName(users, userId) {
  const user = users[userId];
  return user?.display_name || user?.username || "Somebody";
}

/**
 * @param {State} state
 * @param {string} channelId
 * @returns {Message | null} the newest message that I can still edit
 */
export function lastOwnMessage(state, channelId) {
  const timeline = state.timelines[channelId];
  if (!timeline || timeline.hasNewer) return null;
  return timeline.messages.findLast((message) =>
    message.author_id === state.me.id && message.deleted_at === null
  ) ?? null;
}

/**
 * @param {State} state
 * @param {string} key of the channel or the thread, see `draftKey`
 * @returns {string[]} the names of those who type there
 */
export function typistNames(state, key) {
  return Object.keys(state.typing[key] ?? {}).map((userId) => displayName(state.users, userId));
}

/**
 * Up to where a reader who sees the end has read; null when there is nothing to say.
 *
 * @param {State} state
 * @param {string} channelId
 */
export function readableUpTo(state, channelId) {
  const count = state.unread[channelId];
  const timeline = state.timelines[channelId];
  const last = timeline?.messages.at(-1)?.seq;
  if (!count || !timeline?.isLoaded || timeline.hasNewer || last === undefined) return null;
  if (count.isKept) return null;
  if (unreadTotals(count).messages === 0) return null;
  return Math.max(last, state.cursors[`c:${channelId}`] ?? 0);
}

/** Of those who reacted or replied, so many are named or shown. */
const NAMED = 3;

/**
 * @param {Message} message
 * @returns {string[]} whose names a row shows
 */
function peopleOf({ author_id, reactions, thread, quote, pinned_by_id }) {
  return [
    author_id,
    ...reactions.flatMap(({ user_ids }) => user_ids.slice(0, NAMED)),
    ...(thread?.replier_ids.slice(0, NAMED) ?? []),
    ...(quote ? [quote.author_id] : []),
    ...(pinned_by_id === null ? [] : [pinned_by_id]),
  ];
}

/**
 * @param {State} state
 * @returns {string[]} people whose names are needed and not known
 */
export function strangers(state) {
  const needed = new Set();
  const open = state.place && state.timelines[state.place.channelId];
  /** @param {Message} message */
  const need = (message) => {
    for (const userId of peopleOf(message)) needed.add(userId);
  };
  for (const message of open?.messages ?? []) need(message);
  for (const { actor_id, subject_id } of open?.notices ?? []) {
    if (actor_id !== null) needed.add(actor_id);
    if (subject_id !== null) needed.add(subject_id);
  }
  const thread = state.thread && state.threads[state.thread.rootId];
  for (const message of thread?.replies.messages ?? []) need(message);
  if (thread?.root) need(thread.root);
  for (const list of Object.values(state.lists)) {
    for (const { messages, file } of list?.entries ?? []) {
      for (const message of messages) need(message);
      if (file) needed.add(file.author_id);
    }
  }
  for (const channel of Object.values(state.channels)) {
    for (const userId of channel.user_ids) needed.add(userId);
  }
  for (const typists of Object.values(state.typing)) {
    for (const userId of Object.keys(typists)) needed.add(userId);
  }
  return [...needed].filter((userId) => !(userId in state.users));
}
