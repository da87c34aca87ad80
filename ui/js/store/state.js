/**
 * @import { Unread } from "../api.js"
 * @import { ChannelView, CustomEmoji, Draft, Message, OwnUser, Preferences, Section, User } from "../protocol.generated.d.ts"
 * @import { List, ListName } from "./lists.js"
 * @import { Mark } from "./marks.js"
 * @import { MemberList } from "./members.js"
 * @import { OutboxEntry } from "./outbox.js"
 * @import { Personal } from "./personal.js"
 * @import { Thread, ThreadPlace } from "./threads.js"
 * @import { Timeline } from "./timeline.js"
 * @import { UnreadCount } from "./unread.js"
 * @import { UnreadThread } from "./unread_threads.js"
 * @import { Upload } from "./uploads.js"
 */

import { draftKey, emptyPersonal } from "./personal.js";
import { untouchedCount, withSnapshot } from "./unread.js";

/** @typedef {"online" | "away" | "dnd" | "offline" | "unknown"} PresenceState */

/**
 * What Django puts into the page.
 *
 * @typedef {object} Bootstrap
 * @property {OwnUser} user
 * @property {{ name: string }} workspace
 * @property {ChannelView[]} channels
 * @property {Unread[]} unread
 * @property {Section[]} sections
 * @property {Preferences | null} preferences
 * @property {User[]} users
 * @property {Draft[]} drafts
 * @property {number | null} own_seq where the own stream was before all of this was read
 * @property {{ code: string, name: string }[]} languages that there is a translation for
 * @property {string} csrf_token
 * @property {string} instance
 */

/**
 * The channel that is open.
 *
 * @typedef {object} Place
 * @property {string} channelId
 * @property {number | null} targetSeq the message that a permalink points to
 * @property {number | null} dividerAfter "New" stands before the first foreign message after this
 */

/**
 * What the reader can see just now. Only somebody attentive reads.
 *
 * @typedef {object} Attention
 * @property {boolean} isFocused
 * @property {boolean} isAtBottom
 * @property {boolean} isAtThreadEnd
 * @property {boolean} isCovered something lies over the whole channel, as a thread does on a phone
 */

/**
 * @typedef {object} Link
 * @property {"connecting" | "open" | "waiting" | "ended"} phase
 * @property {number | null} retryAt
 * @property {number | null} lostAt since when there has been no connection
 * @property {number | null} closeCode
 * @property {string | null} instance
 */

/**
 * Everything the browser knows. It is never changed in place.
 *
 * @typedef {object} State
 * @property {OwnUser} me
 * @property {string} workspaceName
 * @property {string | null} epoch
 * @property {Record<string, number>} cursors stream → last applied seq
 * @property {Record<string, number>} strays stream not known yet → highest seq heard of it
 * @property {Record<string, ChannelView>} channels mine, and those only looked at (no membership)
 * @property {Record<string, UnreadCount>} unread
 * @property {Record<string, User>} users
 * @property {Record<string, PresenceState>} presence
 * @property {Record<string, Record<string, number>>} typing `draftKey` → user → until when (ms)
 * @property {Record<string, Timeline>} timelines
 * @property {Record<string, MemberList>} members
 * @property {Mark[]} marks set here and not told by an event yet
 * @property {Record<string, Message | null>} quoted by id; null: one may not see it
 * @property {Record<string, CustomEmoji>} customEmoji by name
 * @property {OutboxEntry[]} outbox in the order of writing
 * @property {Record<string, string>} drafts what stands in the fields, by `draftKey`
 * @property {Record<string, Upload[]>} uploads what shall be sent along, by `draftKey`
 * @property {Personal} personal
 * @property {Record<string, Thread>} threads by root, those looked at last
 * @property {Record<string, UnreadThread>} unreadThreads by root
 * @property {boolean} areThreadsStale only the server can say what is unread in threads
 * @property {Partial<Record<ListName, List>>} lists
 * @property {Place | null} place
 * @property {ThreadPlace | null} thread open beside the channel
 * @property {Attention} attention
 * @property {Link} link
 */

/**
 * @param {Bootstrap} bootstrap
 * @returns {State}
 */
export function initialState(bootstrap) {
  const channels = byId(bootstrap.channels);
  return {
    me: bootstrap.user,
    workspaceName: bootstrap.workspace.name,
    epoch: null,
    cursors: {
      ...Object.fromEntries(
        bootstrap.channels.map((channel) => [channelStream(channel.id), channel.last_seq]),
      ),
      ...(bootstrap.own_seq !== null && { [userStream(bootstrap.user.id)]: bootstrap.own_seq }),
    },
    strays: {},
    channels,
    unread: unreadFrom(bootstrap.channels, bootstrap.unread),
    users: { ...byId(bootstrap.users), [bootstrap.user.id]: bootstrap.user },
    presence: {},
    typing: {},
    timelines: {},
    members: {},
    marks: [],
    quoted: {},
    customEmoji: {},
    outbox: [],
    drafts: {},
    uploads: {},
    personal: {
      ...emptyPersonal(),
      sections: bootstrap.sections,
      preferences: bootstrap.preferences,
      drafts: Object.fromEntries(
        bootstrap.drafts.map((draft) => [draftKey(draft.channel_id, draft.thread_id), draft]),
      ),
    },
    threads: {},
    unreadThreads: {},
    // The page does not bring them along.
    areThreadsStale: true,
    lists: {},
    place: null,
    thread: null,
    attention: { isFocused: false, isAtBottom: false, isAtThreadEnd: false, isCovered: false },
    link: {
      phase: "connecting",
      retryAt: null,
      lostAt: null,
      closeCode: null,
      instance: null,
    },
  };
}

/** @param {string} channelId */
export function channelStream(channelId) {
  return `c:${channelId}`;
}

/** @param {string} userId */
export function userStream(userId) {
  return `u:${userId}`;
}

/**
 * @param {string} stream
 * @returns {string | null} null for the stream of a user
 */
export function channelIdOf(stream) {
  return stream.startsWith("c:") ? stream.slice(2) : null;
}

/**
 * @template {{ id: string }} Row
 * @param {Row[]} rows
 * @returns {Record<string, Row>}
 */
export function byId(rows) {
  return Object.fromEntries(rows.map((row) => [row.id, row]));
}

/**
 * @template Value
 * @param {Record<string, Value>} record
 * @param {string} key
 * @returns {Record<string, Value>}
 */
export function without(record, key) {
  if (!(key in record)) return record;
  const { [key]: _, ...rest } = record;
  return rest;
}

/**
 * @param {ChannelView[]} channels
 * @param {Unread[]} rows
 */
function unreadFrom(channels, rows) {
  /** @type {Record<string, UnreadCount>} */
  const unread = {};
  for (const channel of channels) {
    unread[channel.id] = untouchedCount(channel.membership?.read_seq ?? 0, channel.last_seq);
  }
  for (const row of rows) {
    const count = unread[row.channel_id];
    if (count) unread[row.channel_id] = withSnapshot(count, row);
  }
  return unread;
}
