/**
 * What the API has for threads.
 *
 * @import { Api, ListPage } from "../api.js"
 * @import { Message, ThreadState } from "../protocol.generated.d.ts"
 */

import { query } from "../api.js";

/**
 * @param {Api} api
 * @param {string} messageId
 * @returns {Promise<Message>}
 */
export function readMessage(api, messageId) {
  return api.request("GET", `messages/${messageId}`);
}

/**
 * The message at a place of a channel, in whatever thread it stands.
 *
 * @param {Api} api
 * @param {string} channelId
 * @param {number} seq
 * @returns {Promise<Message | null>}
 */
export async function readMessageAt(api, channelId, seq) {
  const path = `channels/${channelId}/messages?${query({ around: seq, limit: 1 })}`;
  /** @type {ListPage<Message>} */
  const { results } = await api.request("GET", path);
  const [message] = results;
  return message?.seq === seq ? message : null;
}

/**
 * @param {Api} api
 * @param {string} rootId
 * @param {{ before?: number, cursor?: number, around?: number, limit: number }} place
 * @returns {Promise<ListPage<Message>>}
 */
export function readReplies(api, rootId, place) {
  return api.request("GET", `messages/${rootId}/thread?${query(place)}`);
}

/**
 * @param {Api} api
 * @param {string} rootId
 * @returns {Promise<ThreadState>}
 */
export function readThreadState(api, rootId) {
  return api.request("GET", `messages/${rootId}/follow`);
}

/**
 * @param {Api} api
 * @param {string} rootId
 * @param {boolean} isFollowing
 * @returns {Promise<ThreadState>}
 */
export function follow(api, rootId, isFollowing) {
  return api.request(isFollowing ? "PUT" : "DELETE", `messages/${rootId}/follow`);
}
