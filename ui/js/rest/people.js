/**
 * People, as REST knows them.
 *
 * @import { Api } from "../api.js"
 * @import { ChannelView, OwnUser, Presence, Profile, ProfileChange, UserChange } from "../protocol.generated.d.ts"
 */

import { query } from "../api.js";

/**
 * @param {Api} api
 * @param {string} userId
 * @returns {Promise<Profile>}
 */
export function profile(api, userId) {
  return api.request("GET", `users/${userId}`);
}

/**
 * @param {Api} api
 * @param {string} userId
 * @param {UserChange} change
 * @returns {Promise<Profile>}
 */
export function changeUser(api, userId, change) {
  return api.request("PATCH", `users/${userId}`, change);
}

/**
 * @param {Api} api
 * @param {ProfileChange} change
 * @returns {Promise<OwnUser>}
 */
export function changeMe(api, change) {
  return api.request("PATCH", "users/me", change);
}

/**
 * @param {Api} api
 * @param {Blob} picture
 * @returns {Promise<OwnUser>}
 */
export function changePicture(api, picture) {
  return api.request("PUT", "users/me/avatar", picture);
}

/**
 * @param {Api} api
 * @returns {Promise<OwnUser>}
 */
export function removePicture(api) {
  return api.request("DELETE", "users/me/avatar");
}

/**
 * @param {Api} api
 * @param {string[]} userIds as many as the server tells of at once
 * @returns {Promise<Presence>}
 */
export function presenceOf(api, userIds) {
  return api.request("GET", `presence?${query({ user_ids: userIds.join() })}`);
}

/**
 * The conversation with these people: always the same one.
 *
 * @param {Api} api
 * @param {string[]} userIds the others
 * @returns {Promise<ChannelView>}
 */
export function openDirect(api, userIds) {
  return api.request("POST", "dms", { user_ids: userIds });
}
