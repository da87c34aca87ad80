/**
 * What the API does with the workspace, the people in it and how they come in.
 *
 * @import { Api, ListPage } from "../api.js"
 * @import { Bot, CustomEmoji, Invite, NewBot, NewInvite, NewInviteRequest, NewToken, NewTokenRequest, NewUserGroup, Profile, Token, UserChange, UserGroup, UserGroupChange, Workspace, WorkspaceChange } from "../protocol.generated.d.ts"
 */

import { query } from "../api.js";

/**
 * @param {Api} api
 * @returns {Promise<Workspace>}
 */
export function workspace(api) {
  return api.request("GET", "workspace");
}

/**
 * @param {Api} api
 * @param {WorkspaceChange} fields
 * @returns {Promise<Workspace>}
 */
export function changeWorkspace(api, fields) {
  return api.request("PATCH", "workspace", fields);
}

/**
 * @param {Api} api
 * @param {string | null} cursor
 * @returns {Promise<ListPage<Invite>>}
 */
export function invites(api, cursor) {
  return api.request("GET", `invites?${query({ cursor, limit: 100 })}`);
}

/**
 * @param {Api} api
 * @param {NewInviteRequest} fields
 * @returns {Promise<NewInvite>}
 */
export function createInvite(api, fields) {
  return api.request("POST", "invites", fields);
}

/**
 * @param {Api} api
 * @param {string} inviteId
 * @returns {Promise<unknown>}
 */
export function revokeInvite(api, inviteId) {
  return api.request("DELETE", `invites/${inviteId}`);
}

/**
 * @param {Api} api
 * @param {string} userId
 * @param {UserChange} fields
 * @returns {Promise<Profile>}
 */
export function changeUser(api, userId, fields) {
  return api.request("PATCH", `users/${userId}`, fields);
}

/**
 * @param {Api} api
 * @returns {Promise<CustomEmoji[]>}
 */
export async function customEmoji(api) {
  const { results } = /** @type {{ results: CustomEmoji[] }} */ (await api.request("GET", "emoji"));
  return results;
}

/**
 * @param {Api} api
 * @param {string} name
 * @param {Blob} picture
 * @returns {Promise<CustomEmoji>}
 */
export function addEmoji(api, name, picture) {
  return api.request("POST", `emoji?${query({ name })}`, picture);
}

/**
 * @param {Api} api
 * @param {string} name
 * @returns {Promise<unknown>}
 */
export function deleteEmoji(api, name) {
  return api.request("DELETE", `emoji/${name}`);
}

/**
 * @param {Api} api
 * @returns {Promise<UserGroup[]>}
 */
export function groups(api) {
  return api.all("groups");
}

/**
 * @param {Api} api
 * @param {NewUserGroup} fields
 * @returns {Promise<UserGroup>}
 */
export function createGroup(api, fields) {
  return api.request("POST", "groups", fields);
}

/**
 * @param {Api} api
 * @param {string} groupId
 * @param {UserGroupChange} fields
 * @returns {Promise<UserGroup>}
 */
export function changeGroup(api, groupId, fields) {
  return api.request("PATCH", `groups/${groupId}`, fields);
}

/**
 * @param {Api} api
 * @param {string} groupId
 * @returns {Promise<unknown>}
 */
export function deleteGroup(api, groupId) {
  return api.request("DELETE", `groups/${groupId}`);
}

/**
 * @param {Api} api
 * @returns {Promise<Bot[]>}
 */
export function bots(api) {
  return api.all("bots");
}

/**
 * @param {Api} api
 * @param {NewBot} fields
 * @returns {Promise<Bot>}
 */
export function createBot(api, fields) {
  return api.request("POST", "bots", fields);
}

/**
 * @param {Api} api
 * @param {string} botId
 * @returns {Promise<Token[]>}
 */
export async function botTokens(api, botId) {
  const { results } = /** @type {{ results: Token[] }} */ (
    await api.request("GET", `bots/${botId}/tokens`)
  );
  return results;
}

/**
 * @param {Api} api
 * @param {string} botId
 * @param {NewTokenRequest} fields
 * @returns {Promise<NewToken>}
 */
export function createBotToken(api, botId, fields) {
  return api.request("POST", `bots/${botId}/tokens`, fields);
}

/**
 * @param {Api} api
 * @param {string} botId
 * @param {string} tokenId
 * @returns {Promise<unknown>}
 */
export function revokeBotToken(api, botId, tokenId) {
  return api.request("DELETE", `bots/${botId}/tokens/${tokenId}`);
}
