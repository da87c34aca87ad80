/**
 * What a message says.
 *
 * @import { App } from "../app.js"
 * @import { RowContext } from "./message_row.js"
 * @import { MessageRow } from "../store/rows.js"
 */

import { html, nothing } from "lit";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import { t } from "../lib/i18n.js";
import { isLong } from "../lib/text.js";
import { fullTime } from "../lib/time.js";
import { parsePath } from "../router.js";
import { icon } from "./icon.js";

/** So long a button says that it has copied. */
const COPIED_MS = 2_000;

/**
 * @param {MessageRow} row
 * @param {RowContext} context
 * @param {string} id of the row
 */
export function body({ entry }, { app, message, isEditing }, id) {
  if (!message) {
    const isPending = entry?.phase === "waiting" || entry?.phase === "sending";
    return html`<div class="message-body" id="${id}-body" data-plain>${entry?.text}${
      isPending ? html`<span class="message-pending">${icon("clock")}</span>` : nothing
    }</div>`;
  }
  if (message.deleted_at !== null) {
    return html`<p class="message-gone" id="${id}-body">${t("This message was deleted.")}</p>`;
  }
  if (isEditing) {
    return html`<parley-message-editor .app=${app} .message=${message}></parley-message-editor>`;
  }
  const edited = message.edited_at === null ? nothing : html`
    <button
      type="button"
      class="message-edited"
      tabindex="-1"
      title=${fullTime(message.edited_at)}
      @click=${() => app.ui.openDialog("history", message.id)}
    >${t("(edited)")}</button>
  `;
  if (message.html === "") return edited;
  // The server has made this HTML from Markdown and let through only what is on its list.
  const text = html`<div class="message-body" id="${id}-body">${unsafeHTML(message.html)}</div>`;
  if (isLong(message.text)) return html`${folded(text)}${edited}`;
  if (message.edited_at === null) return text;
  return html`<div class="message-edited-text">${text}${edited}</div>`;
}

/** @param {unknown} text */
function folded(text) {
  return html`
    <div class="message-fold">
      ${text}
      <button type="button" aria-expanded="false" @click=${toggleFold}>${t("Show more")}</button>
    </div>
  `;
}

/** @param {Event} event */
function toggleFold(event) {
  const button = /** @type {HTMLButtonElement} */ (event.currentTarget);
  const fold = /** @type {HTMLElement} */ (button.parentElement);
  const isOpen = fold.toggleAttribute("data-open");
  button.setAttribute("aria-expanded", String(isOpen));
  button.textContent = isOpen ? t("Show less") : t("Show more");
  if (!isOpen) fold.scrollIntoView({ block: "nearest" });
}

/**
 * What a message's HTML cannot know when it is made: who reads it, and where.
 *
 * @param {Element} root
 * @param {App} app
 */
export function finishBodies(root, app) {
  for (const text of root.querySelectorAll(".message-body:not([data-plain], [data-finished])")) {
    text.setAttribute("data-finished", "");
    finish(text, app);
  }
}

/**
 * @param {Element} text
 * @param {App} app
 */
function finish(text, app) {
  const meId = CSS.escape(app.view.me.peek().id);
  for (const name of text.querySelectorAll(`.mention[data-user-id="${meId}"]`)) {
    name.classList.add("me");
  }
  for (const box of text.querySelectorAll(".task-list-item-checkbox")) {
    box.setAttribute("aria-label", box.hasAttribute("checked") ? t("Done") : t("To do"));
  }
  for (const link of text.querySelectorAll("a[target]")) {
    if (leadsInside(/** @type {HTMLAnchorElement} */ (link))) link.removeAttribute("target");
  }
  for (const code of text.querySelectorAll("pre")) code.before(copyButton(code, app));
}

/** @param {HTMLAnchorElement} link */
function leadsInside(link) {
  if (link.origin !== location.origin) return false;
  const { channelId, page } = parsePath(link.pathname, link.search);
  return channelId !== null || page !== null;
}

/**
 * @param {Element} code
 * @param {App} app
 */
function copyButton(code, app) {
  const holder = document.createElement("span");
  holder.className = "code-copy";
  const button = document.createElement("button");
  button.type = "button";
  button.tabIndex = -1;
  button.textContent = t("Copy");
  button.setAttribute("aria-label", t("Copy code"));
  button.addEventListener("click", async () => {
    const isCopied = await app.messages.copyCode(code.textContent ?? "");
    if (!isCopied) return;
    button.textContent = t("Copied");
    setTimeout(() => button.textContent = t("Copy"), COPIED_MS);
  });
  holder.append(button);
  return holder;
}
