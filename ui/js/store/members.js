/** @import { Member } from "../protocol.generated.d.ts" */

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

/** @param {Member[]} rows */
function uniqueByUser(rows) {
  return [...new Map(rows.map((row) => [row.user_id, row])).values()];
}
