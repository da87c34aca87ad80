/** @import { Api } from "../api.js" */

/**
 * @typedef {object} UserGroup
 * @property {string} id
 * @property {string} handle
 * @property {string} name
 * @property {string[]} user_ids
 */

/**
 * @param {Api} api
 * @returns {Promise<UserGroup[]>}
 */
export function readGroups(api) {
  return api.all("groups");
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
