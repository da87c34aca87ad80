/**
 * Everything the quick switcher can lead to, as candidates for `lib/ranking.js`.
 *
 * @import { ChannelView, User } from "../protocol.generated.d.ts"
 * @import { Candidate, FoldedText } from "../lib/ranking.js"
 * @import { ChannelLine } from "./selectors.js"
 */

import { folded } from "../lib/ranking.js";
import { displayName, partnerOf } from "./selectors.js";

/**
 * @typedef {object} Target
 * @property {"channel" | "group" | "person"} kind
 * @property {string | null} channelId null: a person one has not written to yet
 * @property {string | null} userId of the other one, for people
 * @property {string} label
 * @property {string} note
 * @property {ChannelLine | null} line where one is in it
 * @property {ChannelView | null} channel
 */

/**
 * @typedef {object} FindingInput
 * @property {ChannelView[]} channels mine, hidden conversations too
 * @property {ChannelLine[]} lines
 * @property {ChannelView[]} joinable
 * @property {Record<string, User>} users
 * @property {string} meId
 */

/**
 * @param {FindingInput} input
 * @returns {Target[]}
 */
export function targets({ channels, lines, joinable, users, meId }) {
  const lineOf = new Map(lines.map((line) => [line.channel.id, line]));
  const mine = new Set(channels.map(({ id }) => id));
  /** @type {Map<string, Target>} */
  const people = new Map();
  for (const user of Object.values(users)) {
    if (!user.is_active || user.id === meId) continue;
    people.set(user.id, person(user));
  }
  /** @type {Target[]} */
  const found = [];
  for (const channel of channels) {
    const line = lineOf.get(channel.id) ?? null;
    const partner = partnerOf(channel, meId);
    const known = partner === null ? undefined : people.get(partner);
    if (known) {
      people.set(known.userId ?? "", { ...known, channelId: channel.id, line, channel });
    } else {
      found.push(ofChannel(channel, line));
    }
  }
  const others = joinable.filter(({ id }) => !mine.has(id)).map((one) => ofChannel(one, null));
  return [...found, ...people.values(), ...others];
}

/** What names were folded to: most stay the same from one opening to the next. */
/** @type {Map<string, FoldedText>} */
const foldedNames = new Map();

/**
 * @param {Target[]} all
 * @param {Record<string, User>} users
 * @param {string[]} visited the channels that were open last, the last one first
 * @returns {Candidate[]}
 */
export function candidates(all, users, visited) {
  const recency = new Map(visited.map((id, place) => [id, visited.length - place]));
  return all.map(({ label, userId, channelId, line }) => {
    const username = userId === null ? undefined : users[userId]?.username;
    const names = username && username !== label ? [label, username] : [label];
    const isUnread = line !== null && line.messages > 0;
    const weight = (recency.get(channelId ?? "") ?? 0) + (line ? 10 : 0) + (isUnread ? 10 : 0);
    return { names: names.map(fold), weight };
  });
}

/**
 * What stands there before anything is typed: what is unread, then where one was last.
 *
 * @param {Target[]} all
 * @param {{ visited: string[], openId: string | null, limit: number }} options
 * @returns {Target[]}
 */
export function suggestions(all, { visited, openId, limit }) {
  const mine = all.filter(({ line, channelId }) => line !== null && channelId !== openId);
  const place = (/** @type {Target} */ { channelId }) => {
    const at = visited.indexOf(channelId ?? "");
    return at < 0 ? visited.length : at;
  };
  const isLoud = (/** @type {Target} */ { line }) =>
    line !== null &&
    (line.mentions > 0 || (line.messages > 0 && !line.channel.membership?.is_muted));
  return mine.toSorted((a, b) =>
    Number(isLoud(b)) - Number(isLoud(a)) ||
    (b.line?.mentions ?? 0) - (a.line?.mentions ?? 0) ||
    place(a) - place(b)
  ).slice(0, limit);
}

/**
 * @param {User} user
 * @returns {Target}
 */
function person(user) {
  const label = displayName({ [user.id]: user }, user.id);
  const note = [`@${user.username}`, user.title].filter(Boolean).join(" · ");
  return {
    kind: "person",
    channelId: null,
    userId: user.id,
    label,
    note,
    line: null,
    channel: null,
  };
}

/**
 * @param {ChannelView} channel
 * @param {ChannelLine | null} line
 * @returns {Target}
 */
function ofChannel(channel, line) {
  return {
    kind: channel.kind === "dm" ? "group" : "channel",
    channelId: channel.id,
    userId: null,
    label: channel.name,
    note: channel.topic,
    line,
    channel,
  };
}

/** @param {string} name */
function fold(name) {
  const known = foldedNames.get(name);
  if (known) return known;
  const made = folded(name);
  foldedNames.set(name, made);
  return made;
}
