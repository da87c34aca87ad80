/**
 * @import { Api, ListPage } from "../api.js"
 * @import { ChannelView, User } from "../protocol.generated.d.ts"
 */

import { query } from "../api.js";

/**
 * @typedef {object} UserGroup
 * @property {string} id
 * @property {string} handle
 * @property {string} name
 * @property {string[]} user_ids
 */

/** @typedef {{ name: string, version: string }} CustomEmoji */

/**
 * Everybody, page by page: in a large workspace one need not wait for the last.
 *
 * @param {Api} api
 * @param {(users: User[]) => void} onPage
 */
export async function readPeople(api, onPage) {
  /** @type {string | null} */
  let cursor = null;
  do {
    /** @type {ListPage<User>} */
    const page = await api.request("GET", `users?${query({ cursor, limit: 100 })}`);
    onPage(page.results);
    cursor = page.has_more ? page.next_cursor : null;
  } while (cursor !== null);
}

/**
 * @param {Api} api
 * @returns {Promise<UserGroup[]>}
 */
export function readGroups(api) {
  return api.all("groups");
}

/**
 * @param {Api} api
 * @returns {Promise<CustomEmoji[]>}
 */
export async function readCustomEmoji(api) {
  const { results } = /** @type {{ results: CustomEmoji[] }} */ (await api.request("GET", "emoji"));
  return results;
}

/**
 * @param {Api} api
 * @returns {Promise<string>} "everyone", "moderators" or "nobody"
 */
export async function readBroadMentions(api) {
  const workspace = /** @type {{ broad_mentions: string }} */ (
    await api.request("GET", "workspace")
  );
  return workspace.broad_mentions;
}

/**
 * @param {Api} api
 * @returns {Promise<ChannelView[]>}
 */
export function readJoinable(api) {
  return api.joinableChannels();
}
