/**
 * Which people, channels and names fit what was typed, the likeliest first.
 *
 * @import { ChannelView, User } from "../protocol.generated.d.ts"
 */

import { locale } from "./i18n.js";
import { folded } from "./ranking.js";

/**
 * Small, without accents: as people type who are in a hurry.
 *
 * @param {string} text
 */
export function fold(text) {
  return folded(text).text;
}

/** @type {WeakMap<User, { username: string, name: string, words: string[] }>} */
const foldedUsers = new WeakMap();

/** @param {User} user */
function foldedUser(user) {
  let known = foldedUsers.get(user);
  if (!known) {
    const name = fold(user.display_name);
    const username = fold(user.username);
    known = { username, name, words: [...name.split(/[\s.-]+/), ...username.split(/[_.-]+/)] };
    foldedUsers.set(user, known);
  }
  return known;
}

/**
 * How well somebody fits.
 *
 * @param {User} user
 * @param {string} query folded
 * @returns {number} 0 is best; Infinity: not at all
 */
export function personFit(user, query) {
  if (query === "") return 0;
  const { username, name, words } = foldedUser(user);
  if (username === query || name === query) return 0;
  if (username.startsWith(query) || name.startsWith(query)) return 1;
  if (query.includes(" ")) return Infinity;
  return words.some((word) => word.startsWith(query)) ? 2 : Infinity;
}

/**
 * @typedef {object} RankedPerson
 * @property {User} user
 * @property {boolean} isMember
 */

/**
 * @param {object} question
 * @param {Iterable<User>} question.users
 * @param {ReadonlySet<string>} question.memberIds those in the channel
 * @param {readonly string[]} question.recentIds who spoke last, the latest first
 * @param {string} question.query
 * @param {string} question.meId
 * @param {number} question.limit
 * @returns {RankedPerson[]} members first, those who spoke last at the top
 */
export function rankPeople({ users, memberIds, recentIds, query, meId, limit }) {
  const wanted = fold(query);
  const recency = new Map(recentIds.map((id, index) => [id, index]));
  const found = [];
  for (const user of users) {
    if (!user.is_active) continue;
    const fit = personFit(user, wanted);
    if (fit === Infinity) continue;
    const isMember = memberIds.has(user.id);
    const order = [
      isMember ? 0 : 1,
      user.id === meId ? 1 : 0,
      fit === 0 && wanted !== "" ? 0 : 1,
      recency.get(user.id) ?? recency.size,
      fit,
    ];
    found.push({ user, isMember, order });
  }
  found.sort((a, b) => compare(a.order, b.order) || byName.compare(nameOf(a.user), nameOf(b.user)));
  return found.slice(0, limit).map(({ user, isMember }) => ({ user, isMember }));
}

/**
 * @template Row
 * @param {Iterable<Row>} rows
 * @param {(row: Row) => string} nameOfRow
 * @param {string} query
 * @param {number} limit
 * @returns {Row[]} those whose name begins so, then those in whose name a word does
 */
export function rankByName(rows, nameOfRow, query, limit) {
  const wanted = fold(query);
  const found = [];
  for (const row of rows) {
    const name = fold(nameOfRow(row));
    const fit = name.startsWith(wanted)
      ? 0
      : name.split(/[\s_.-]+/).some((word) => word.startsWith(wanted))
      ? 1
      : Infinity;
    if (fit < Infinity) found.push({ row, fit });
  }
  found.sort((a, b) => a.fit - b.fit || byName.compare(nameOfRow(a.row), nameOfRow(b.row)));
  return found.slice(0, limit).map(({ row }) => row);
}

/**
 * Whether a channel can be named in a text: everyone may know of it, and its name is one word.
 *
 * @param {ChannelView} channel
 */
export function isNameable({ kind, name }) {
  return kind === "public" && !/\s/.test(name);
}

const byName = new Intl.Collator(locale(), { sensitivity: "base", numeric: true });

/** @param {User} user */
function nameOf(user) {
  return user.display_name || user.username;
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
function compare(a, b) {
  const index = a.findIndex((value, at) => value !== b[at]);
  return index === -1 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}
