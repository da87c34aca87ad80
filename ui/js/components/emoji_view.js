/** @import { CustomEmoji } from "../protocol.generated.d.ts" */

import { html } from "lit";

const NAME = /^[a-z0-9_+-]+$/;

/**
 * An emoji as the wire writes it: the character, or the name of one of the workspace's own. Decoration:
 * what it stands in names it.
 *
 * @param {string} emoji
 * @param {Record<string, CustomEmoji>} custom
 */
export function emojiView(emoji, custom) {
  const own = custom[emoji];
  if (own) return html`<img class="emoji" src=${emojiPath(own)} alt="" />`;
  return html`<span class="emoji" aria-hidden="true">${emojiText(emoji)}</span>`;
}

/**
 * @param {string} emoji
 * @returns {string} where it can only be text
 */
export function emojiText(emoji) {
  return NAME.test(emoji) ? `:${emoji}:` : emoji;
}

/** @param {Pick<CustomEmoji, "name" | "version">} emoji */
function emojiPath({ name, version }) {
  return `/api/v1/emoji/${name}/image?v=${version}`;
}
