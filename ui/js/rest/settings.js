/**
 * How one wants it, and what programs come in with.
 *
 * @import { Api } from "../api.js"
 * @import { NewToken, NewTokenRequest, Preferences, PreferencesChange, Token } from "../protocol.generated.d.ts"
 */

/**
 * @param {Api} api
 * @param {PreferencesChange} change
 * @returns {Promise<Preferences>}
 */
export function changePreferences(api, change) {
  return api.request("PATCH", "preferences", change);
}

/**
 * @param {Api} api
 * @returns {Promise<Token[]>}
 */
export function tokens(api) {
  return api.all("tokens");
}

/**
 * @param {Api} api
 * @param {NewTokenRequest} wanted
 * @returns {Promise<NewToken>}
 */
export function makeToken(api, wanted) {
  return api.request("POST", "tokens", wanted);
}

/**
 * @param {Api} api
 * @param {string} tokenId
 * @returns {Promise<unknown>}
 */
export function revokeToken(api, tokenId) {
  return api.request("DELETE", `tokens/${tokenId}`);
}
