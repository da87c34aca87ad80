/**
 * The emoji under a message.
 *
 * @import { App } from "../app.js"
 * @import { CustomEmoji, Message, Reaction, User } from "../protocol.generated.d.ts"
 */

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { t } from "../lib/i18n.js";
import { enumerate } from "../lib/names.js";
import { displayName } from "../store/selectors.js";
import { emojiText, emojiView } from "./emoji_view.js";
import { icon } from "./icon.js";

/** So many are named; the rest is counted. */
export const NAMED_REACTORS = 3;

/**
 * @typedef {object} ReactionContext
 * @property {App} app
 * @property {Record<string, User>} users
 * @property {string} meId
 * @property {Record<string, CustomEmoji>} customEmoji
 * @property {boolean} canReact
 */

/**
 * @param {Message} message
 * @param {ReactionContext} context
 */
export function reactions(message, context) {
  if (message.reactions.length === 0) return nothing;
  return html`
    <div class="reactions" role="group" aria-label=${t("Reactions")}>
      ${repeat(
        message.reactions,
        ({ emoji }) => emoji,
        (reaction) => chip(message, reaction, context),
      )}
      ${context.canReact
        ? html`
          <button
            type="button"
            class="reaction"
            data-kind="add"
            aria-label=${t("Add reaction…")}
            title=${t("Add reaction…")}
            @click=${(/** @type {Event} */ event) =>
              add(context.app, message, /** @type {Element} */ (event.currentTarget))}
          >${icon("smile-plus")}</button>
        `
        : nothing}
    </div>
  `;
}

/**
 * @param {Message} message
 * @param {Reaction} reaction
 * @param {ReactionContext} context
 */
function chip(message, { emoji, user_ids }, { app, users, meId, customEmoji, canReact }) {
  const isMine = user_ids.includes(meId);
  const label = t("{names} reacted with {emoji}", {
    names: whoReacted(user_ids, users, meId),
    emoji: emojiText(emoji),
  });
  return html`
    <button
      type="button"
      class="reaction"
      aria-pressed=${isMine ? "true" : "false"}
      aria-label=${label}
      title=${label}
      ?disabled=${!canReact}
      @click=${() => app.marks.toggleReaction(message, emoji)}
    >${emojiView(emoji, customEmoji)}<span>${user_ids.length}</span></button>
  `;
}

/**
 * @param {string[]} userIds
 * @param {Record<string, User>} users
 * @param {string} meId
 */
function whoReacted(userIds, users, meId) {
  const ids = userIds.includes(meId)
    ? [meId, ...userIds.filter((userId) => userId !== meId)]
    : userIds;
  const names = ids.slice(0, NAMED_REACTORS).map((userId) =>
    userId === meId ? t("You") : displayName(users, userId)
  );
  return enumerate(names, userIds.length);
}

/**
 * @param {App} app
 * @param {Message} message
 * @param {Element} from
 */
async function add(app, message, from) {
  const emoji = await app.ui.pickEmoji(from);
  if (emoji !== null) app.marks.addReaction(message, emoji);
}
