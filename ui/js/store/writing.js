/**
 * Who may write where, and what a text would do.
 *
 * @import { ChannelView, OwnUser, User } from "../protocol.generated.d.ts"
 */

import { LIMIT } from "../protocol.generated.js";

/** @typedef {"archived" | "announcements" | "partner_gone"} Closed why one cannot write */

/** People in a direct conversation that ends when one of them goes. */
const PAIR = 2;

/** As the server reads it; code is taken out before. */
const BROAD = /(?<![\w@.+-])@(?:here|channel|everyone|all)(?![\w@]|[.-]\w)/i;

/**
 * The same rules as the server's, so that nobody writes what it would refuse.
 *
 * @param {ChannelView} channel one that the person is in
 * @param {{ me: OwnUser, users: Record<string, User>, isReply: boolean }} writer
 * @returns {Closed | null} null: write!
 */
export function whyClosed(channel, { me, users, isReply }) {
  if (channel.archived_at !== null) return "archived";
  if (channel.posting === "moderators" && !isReply && !isModerator(channel, me)) {
    return "announcements";
  }
  if (channel.kind === "dm" && channel.user_ids.length === PAIR) {
    const partner = channel.user_ids.find((id) => id !== me.id);
    if (partner && users[partner]?.is_active === false) return "partner_gone";
  }
  return null;
}

/**
 * @param {ChannelView} channel
 * @param {OwnUser} me
 */
export function isModerator(channel, me) {
  const role = channel.membership?.role;
  return role === "owner" || role === "admin" || me.role === "owner" || me.role === "admin";
}

/**
 * Whether somebody may call everyone in a channel.
 *
 * @param {ChannelView} channel
 * @param {OwnUser} me
 * @param {string | null} allowed what the workspace says; null: not known
 */
export function mayCallEveryone(channel, me, allowed) {
  if (channel.kind === "dm" || me.role === "guest" || allowed === "nobody") return false;
  return allowed !== "moderators" || isModerator(channel, me);
}

/**
 * Whether the text calls so many that the person is asked first.
 *
 * @param {string} text
 * @param {ChannelView} channel
 */
export function callsMany(text, channel) {
  return channel.kind !== "dm" && channel.member_count > LIMIT.BROAD_MENTION_CONFIRM &&
    BROAD.test(withoutCode(text));
}

/** @param {string} text */
function withoutCode(text) {
  return text.replaceAll(/^ {0,3}(`{3,}|~{3,})[^]*?(?:^ {0,3}\1|(?![^]))/gm, " ")
    .replaceAll(/(`+)(?!`)[^]*?[^`]\1(?!`)/g, " ");
}
