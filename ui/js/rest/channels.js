/**
 * What the API does with channels and the people in them.
 *
 * @import { Api, ListPage } from "../api.js"
 * @import { ChannelChange, ChannelView, Member, MembershipChange, NewChannel, NewWebhook, NewWebhookRequest, OwnMembership, Webhook, WebhookChange } from "../protocol.generated.d.ts"
 */

import { query } from "../api.js";

/**
 * @param {Api} api
 * @param {NewChannel} fields
 * @returns {Promise<ChannelView>}
 */
export function createChannel(api, fields) {
  return api.request("POST", "channels", fields);
}

/**
 * @param {Api} api
 * @param {string} channelId
 * @param {ChannelChange} fields
 * @returns {Promise<ChannelView>}
 */
export function changeChannel(api, channelId, fields) {
  return api.request("PATCH", `channels/${channelId}`, fields);
}

/**
 * @param {Api} api
 * @param {string} channelId
 * @param {boolean} isArchived
 * @returns {Promise<ChannelView>}
 */
export function setArchived(api, channelId, isArchived) {
  return api.request("POST", `channels/${channelId}/${isArchived ? "archive" : "unarchive"}`, {});
}

/**
 * A page of channels that one is not in: to join, or to read what was written there.
 *
 * @param {Api} api
 * @param {"browse" | "archived"} which
 * @param {string | null} cursor
 * @returns {Promise<ListPage<ChannelView>>}
 */
export function otherChannels(api, which, cursor) {
  return api.request("GET", `channels?${query({ [which]: "1", cursor, limit: 100 })}`);
}

/**
 * The conversation with these people, which there is or which begins now.
 *
 * @param {Api} api
 * @param {string[]} userIds the others; nobody: notes to oneself
 * @returns {Promise<ChannelView>}
 */
export function openDirect(api, userIds) {
  return api.request("POST", "dms", { user_ids: userIds });
}

/**
 * @param {Api} api
 * @param {string} channelId
 * @param {MembershipChange} fields
 * @returns {Promise<OwnMembership>}
 */
export function changeMembership(api, channelId, fields) {
  return api.request("PATCH", `channels/${channelId}/membership`, fields);
}

/**
 * @param {Api} api
 * @param {string} channelId
 * @param {string} userId
 * @returns {Promise<Member>}
 */
export function addMember(api, channelId, userId) {
  return api.request("POST", `channels/${channelId}/members`, { user_id: userId });
}

/**
 * @param {Api} api
 * @param {string} channelId
 * @param {string} userId
 * @param {Member["role"]} role
 * @returns {Promise<Member>}
 */
export function changeMember(api, channelId, userId, role) {
  return api.request("PATCH", `channels/${channelId}/members/${userId}`, { role });
}

/**
 * @param {Api} api
 * @param {string} channelId
 * @param {string} userId
 * @returns {Promise<unknown>}
 */
export function removeMember(api, channelId, userId) {
  return api.request("DELETE", `channels/${channelId}/members/${userId}`);
}

/**
 * Those of the channels that one manages.
 *
 * @param {Api} api
 * @returns {Promise<Webhook[]>}
 */
export function webhooks(api) {
  return api.all("webhooks");
}

/**
 * @param {Api} api
 * @param {NewWebhookRequest} fields
 * @returns {Promise<NewWebhook>}
 */
export function createWebhook(api, fields) {
  return api.request("POST", "webhooks", fields);
}

/**
 * @param {Api} api
 * @param {string} webhookId
 * @param {WebhookChange} fields
 * @returns {Promise<Webhook>}
 */
export function changeWebhook(api, webhookId, fields) {
  return api.request("PATCH", `webhooks/${webhookId}`, fields);
}

/**
 * @param {Api} api
 * @param {string} webhookId
 * @returns {Promise<NewWebhook>}
 */
export function rotateWebhook(api, webhookId) {
  return api.request("POST", `webhooks/${webhookId}/rotate`, {});
}

/**
 * @param {Api} api
 * @param {string} webhookId
 * @returns {Promise<unknown>}
 */
export function revokeWebhook(api, webhookId) {
  return api.request("DELETE", `webhooks/${webhookId}`);
}
