/**
 * What is asked about single messages.
 *
 * @import { Api, ListPage } from "../api.js"
 * @import { Message, MessageHistory, MessagePage, MessageVersion, SavedMessage } from "../protocol.generated.d.ts"
 */

import { query } from "../api.js";

/**
 * @param {Api} api
 * @param {string} messageId
 * @returns {Promise<Message>}
 */
export function oneMessage(api, messageId) {
  return api.request("GET", `messages/${messageId}`);
}

/**
 * @param {Api} api
 * @param {string} messageId
 * @returns {Promise<MessageVersion[]>} the newest first
 */
export async function messageHistory(api, messageId) {
  /** @type {MessageHistory} */
  const { results } = await api.request("GET", `messages/${messageId}/history`);
  return results.toReversed();
}

/**
 * @param {Api} api
 * @param {string} messageId
 * @param {boolean} isSaved
 * @returns {Promise<unknown>}
 */
export function saveMessage(api, messageId, isSaved) {
  return api.request(isSaved ? "PUT" : "DELETE", `messages/${messageId}/saved`);
}

/**
 * What is kept for later, the last kept first.
 *
 * @param {Api} api
 * @returns {Promise<ListPage<SavedMessage>>}
 */
export function savedMessages(api) {
  return api.request("GET", "saved?limit=100");
}

/**
 * The first message of a channel at or after a moment, else its last one.
 *
 * @param {Api} api
 * @param {string} channelId
 * @param {Date} moment
 * @returns {Promise<Message | null>} null: the channel is empty
 */
export async function firstMessageSince(api, channelId, moment) {
  const place = { at: moment.toISOString(), limit: 1, replies: "false" };
  /** @type {MessagePage} */
  const { results } = await api.request("GET", `channels/${channelId}/messages?${query(place)}`);
  return results[0] ?? null;
}
