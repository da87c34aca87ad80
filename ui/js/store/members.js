/**
 * @import { Member, User } from "../protocol.generated.d.ts"
 * @import { PresenceState } from "./state.js"
 */

import { locale } from "../lib/i18n.js";
/**
 * The people in a channel, as far as they have been loaded.
 *
 * @typedef {object} MemberList
 * @property {Member[]} rows
 * @property {string | null} nextCursor
 * @property {boolean} hasMore
 * @property {boolean} isLoading
 * @property {string | null} error
 * @property {Record<string, Member | null>} late who came (or went: null) during a load
 */

/** @returns {MemberList} */
export function emptyMemberList() {
  return { rows: [], nextCursor: null, hasMore: true, isLoading: false, error: null, late: {} };
}

/**
 * @param {MemberList} list
 * @param {{ results: Member[], next_cursor: string | null, has_more: boolean }} page
 * @returns {MemberList}
 */
export function withMemberPage(list, page) {
  const rows = [...list.rows, ...page.results].map((row) => list.late[row.user_id] ?? row)
    .filter((row) => list.late[row.user_id] !== null);
  const newcomers = Object.values(list.late).filter((row) => row !== null);
  return {
    rows: uniqueByUser([...rows, ...newcomers]),
    nextCursor: page.next_cursor,
    hasMore: page.has_more,
    isLoading: false,
    error: null,
    late: {},
  };
}

/**
 * @param {MemberList} list
 * @param {Member} member
 * @returns {MemberList}
 */
export function withMember(list, member) {
  return {
    ...list,
    rows: uniqueByUser([...list.rows.filter((row) => row.user_id !== member.user_id), member]),
    late: list.isLoading ? { ...list.late, [member.user_id]: member } : list.late,
  };
}

/**
 * @param {MemberList} list
 * @param {string} userId
 * @returns {MemberList}
 */
export function withoutMember(list, userId) {
  return {
    ...list,
    rows: list.rows.filter((row) => row.user_id !== userId),
    late: list.isLoading ? { ...list.late, [userId]: null } : list.late,
  };
}

/**
 * @param {MemberList} list
 * @param {string} userId
 * @param {Member["role"]} role
 * @returns {MemberList}
 */
export function withMemberRole(list, userId, role) {
  return {
    ...list,
    rows: list.rows.map((row) => row.user_id === userId ? { ...row, role } : row),
  };
}

const byName = new Intl.Collator(locale(), { sensitivity: "base" });

/**
 * Those who are here, those who are not, and those of whom nobody knows.
 *
 * @param {Member[]} rows
 * @param {Record<string, User>} users
 * @param {Record<string, PresenceState>} presence
 * @returns {{ name: "here" | "away" | "unknown", members: Member[] }[]}
 */
export function groupedMembers(rows, users, presence) {
  const name = (/** @type {Member} */ { user_id }) => users[user_id]?.display_name ?? "";
  const sorted = rows.toSorted((a, b) => byName.compare(name(a), name(b)));
  const groupOf = (/** @type {Member} */ { user_id }) => {
    const state = presence[user_id] ?? "unknown";
    return state === "offline" ? "away" : state === "unknown" ? "unknown" : "here";
  };
  return (/** @type {const} */ (["here", "away", "unknown"])).map((group) => ({
    name: group,
    members: sorted.filter((member) => groupOf(member) === group),
  }));
}

/**
 * Whether somebody is meant by what is sought: all of its words stand in their name, username or title,
 * whatever the accents.
 *
 * @param {User | undefined} user
 * @param {string} sought
 */
export function matchesPerson(user, sought) {
  const wanted = folded(sought).trim();
  if (wanted === "") return true;
  if (!user) return false;
  const name = folded(`${user.display_name} ${user.username} ${user.title}`);
  return wanted.split(/\s+/).every((word) => name.includes(word.replace(/^@/, "")));
}

/** @param {string} text */
function folded(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

/** @param {Member[]} rows */
function uniqueByUser(rows) {
  return [...new Map(rows.map((row) => [row.user_id, row])).values()];
}
