/**
 * @import { Api } from "../api.js"
 * @import { ChannelPresence } from "../protocol.generated.d.ts"
 */

/**
 * How many people of a channel are online. The server has found it out a moment ago at most.
 *
 * @param {Api} api
 * @param {string} channelId
 * @returns {Promise<ChannelPresence>}
 */
export function channelPresence(api, channelId) {
  return api.request("GET", `channels/${channelId}/presence`);
}
