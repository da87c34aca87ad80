/**
 * @import { Api } from "../api.js"
 * @import { Draft } from "../protocol.generated.d.ts"
 */

/**
 * @param {Api} api
 * @returns {Promise<Draft[]>}
 */
export function listDrafts(api) {
  return api.all("drafts");
}

/**
 * The last one wins. An empty text ends the draft.
 *
 * @param {Api} api
 * @param {{ channel_id: string, thread_id: string | null, text: string, version: number }} change
 * @returns {Promise<{ channel_id: string, thread_id: string | null, draft: Draft | null }>}
 */
export function putDraft(api, change) {
  return api.request("PUT", "drafts", change);
}
