/**
 * The lines of a composer that are there now and then.
 *
 * @import { User } from "../protocol.generated.d.ts"
 * @import { Closed } from "../store/writing.js"
 */

import { html, nothing } from "lit";
import { t, tn } from "../lib/i18n.js";
import { LIMIT } from "../protocol.generated.js";
import { icon } from "./icon.js";

/** From here on the number of characters left is shown. */
const COUNTED_FROM = LIMIT.TEXT_MAX_CHARS - 500;

/** @type {Record<Closed, { icon: string, text: () => string }>} */
const CLOSED = {
  archived: {
    icon: "archive",
    text: () => t("This channel is archived: it can be read, and nothing new is written."),
  },
  announcements: {
    icon: "megaphone",
    text: () => t("Only moderators post here. You can reply in threads."),
  },
  partner_gone: {
    icon: "user-x",
    text: () => t("This person is no longer here. What was said can still be read."),
  },
};

/**
 * Stands where one would write.
 *
 * @param {Closed} closed
 */
export function closedLine(closed) {
  const { icon: name, text } = CLOSED[closed];
  return html`<p class="pane-foot" role="note">${icon(name)}<span>${text()}</span></p>`;
}

/**
 * What the next message answers.
 *
 * @param {{ text: string }} message
 * @param {User | undefined} author
 * @param {() => void} onRemove
 */
export function quoteLine(message, author, onRemove) {
  const name = author?.display_name || author?.username || t("Somebody");
  return html`
    <div class="composer-quote">
      ${icon("text-quote")}
      <p><b>${name}</b> <span>${message.text}</span></p>
      <button
        type="button"
        class="icon-button"
        aria-label=${t("Do not quote {name}", { name })}
        title=${t("Remove the quote")}
        @click=${onRemove}
      >${icon("x")}</button>
    </div>
  `;
}

/**
 * @param {number} length of the text
 * @param {() => void} onSendAsFile
 */
export function lengthLine(length, onSendAsFile) {
  const left = LIMIT.TEXT_MAX_CHARS - length;
  if (length <= COUNTED_FROM) return nothing;
  if (left >= 0) {
    return html`<p class="composer-length" role="status">${
      tn("One character left.", "{count} characters left.", left)
    }</p>`;
  }
  return html`
    <p class="composer-length" data-tone="danger" role="status">
      <span>${tn("One character too long.", "{count} characters too long.", -left)}</span>
      <button type="button" class="link-button" @click=${onSendAsFile}>${t(
        "Attach it as text.txt",
      )}</button>
    </p>
  `;
}
