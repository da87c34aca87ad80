/**
 * The workspace's own emoji.
 *
 * @import { Api } from "../api.js"
 * @import { CustomEmoji, CustomEmojiList } from "../protocol.generated.d.ts"
 */

/**
 * @param {Api} api
 * @returns {Promise<CustomEmoji[]>}
 */
export async function customEmoji(api) {
  /** @type {CustomEmojiList} */
  const { results } = await api.request("GET", "emoji");
  return results;
}
