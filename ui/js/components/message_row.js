/**
 * One message: the only place where its markup stands.
 *
 * @import { App } from "../app.js"
 * @import { Message, User } from "../protocol.generated.d.ts"
 * @import { OutboxEntry } from "../store/outbox.js"
 * @import { MessageRow } from "../store/rows.js"
 * @import { PresenceState } from "../store/state.js"
 */

import { html, nothing } from "lit";
import { guard } from "lit/directives/guard.js";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import { clockTime, fullTime, shortTime } from "../lib/time.js";
import { avatar } from "./avatar.js";
import { icon } from "./icon.js";

/**
 * @typedef {object} RowContext
 * @property {App} app
 * @property {User | undefined} author
 * @property {PresenceState} presence
 * @property {boolean} isMine
 * @property {boolean} isMentioned
 * @property {boolean} canDelete
 * @property {boolean} isEditing
 * @property {boolean} isTarget
 */

/**
 * @param {MessageRow} row
 * @param {RowContext} context
 */
export function messageRow(row, context) {
  const { author, presence, isMine, isMentioned, canDelete, isEditing, isTarget } = context;
  const shown = [row.message, row.entry, row.isContinued, author, presence];
  return guard(
    [...shown, isMine, isMentioned, canDelete, isEditing, isTarget],
    () => template(row, context),
  );
}

/**
 * @param {MessageRow} row
 * @param {RowContext} context
 */
function template(row, context) {
  const { message, entry } = row;
  const name = context.author?.display_name || context.author?.username || "…";
  const id = message ? `m${message.seq}` : `e${entry?.client_id}`;
  return html`
    <article
      class="message"
      id=${id}
      tabindex="-1"
      aria-labelledby="${id}-by"
      data-state=${stateOf(row, context)}
      ?data-continued=${row.isContinued}
      ?data-mentioned=${context.isMentioned}
    >
      ${row.isContinued
        ? html`
          <span class="message-gutter">${time(row, shortTime)}</span>
          <span class="vh" id="${id}-by">${name}, ${clockTime(row.at)}</span>
        `
        : html`${avatar(context.author, context.presence)}
          <header class="message-by" id="${id}-by">
            <b>${name}</b>${context.author?.is_bot ? html`<span class="tag">Bot</span>` : nothing}
            ${time(row, clockTime)}
          </header>`}
      ${body(row, context)} ${entry
        ? delivery(entry, context.app)
        : nothing} ${message && message.deleted_at === null && !context.isEditing
        ? actions(message, context)
        : nothing}
    </article>
  `;
}

/**
 * @param {MessageRow} row
 * @param {RowContext} context
 */
function stateOf({ message, entry }, { isTarget }) {
  if (entry) return entry.phase === "sending" ? "waiting" : entry.phase;
  if (message?.deleted_at !== null) return "deleted";
  return isTarget ? "target" : "posted";
}

/**
 * @param {MessageRow} row
 * @param {(at: string) => string} format
 */
function time({ at, message }, format) {
  const stamp = html`<time datetime=${at} title=${fullTime(at)}>${format(at)}</time>`;
  if (!message) return stamp;
  // Out of the order of Tab, which would else stop at every message.
  return html`
    <a
      class="message-time"
      tabindex="-1"
      href="/channels/${message.channel_id}/${message.seq}"
    >${stamp}</a>
  `;
}

/**
 * @param {MessageRow} row
 * @param {RowContext} context
 */
function body({ message, entry }, { app, isEditing }) {
  if (!message) {
    return html`<div class="message-body" data-plain>${entry?.text}${
      entry && isPending(entry)
        ? html`<span class="message-pending">${icon("clock")}</span>`
        : nothing
    }</div>`;
  }
  if (message.deleted_at !== null) {
    return html`<p class="message-gone">This message was deleted.</p>`;
  }
  if (isEditing) {
    return html`<parley-message-editor .app=${app} .message=${message}></parley-message-editor>`;
  }
  // The server has made this HTML from Markdown and let through only what is on its list.
  return html`<div class="message-body">${unsafeHTML(message.html)}</div>${
    message.edited_at === null
      ? nothing
      : html`<span class="message-edited" title=${fullTime(message.edited_at)}>(edited)</span>`
  }`;
}

/**
 * @param {OutboxEntry} entry
 * @param {App} app
 */
function delivery(entry, app) {
  if (entry.phase !== "failed") {
    return html`<span class="vh">${isPending(entry) ? "Not sent yet" : ""}</span>`;
  }
  return html`
    <p class="message-failed" role="status">
      ${icon("circle-alert")}
      <span>Not sent.${entry.detail ? ` ${entry.detail}` : ""}</span>
      <span class="message-choices">
        <button type="button" @click=${() => app.messages.retry(entry)}>Retry</button>
        <button type="button" @click=${() => app.messages.rewrite(entry)}>Edit</button>
        <button type="button" @click=${() => app.messages.discard(entry)}>Discard</button>
      </span>
    </p>
  `;
}

/** @param {OutboxEntry} entry */
function isPending({ phase }) {
  return phase === "waiting" || phase === "sending";
}

/**
 * @param {Message} message
 * @param {RowContext} context
 */
function actions(message, { app, isMine, canDelete }) {
  return html`
    <div class="message-actions" role="toolbar" aria-label="Message actions">
      ${isMine
        ? html`
          <button
            type="button"
            class="icon-button"
            aria-label="Edit message"
            title="Edit (E)"
            @click=${() => app.ui.editingId.value = message.id}
          >${icon("pencil")}</button>
        `
        : nothing}
      <button
        type="button"
        class="icon-button"
        aria-label="Copy link to message"
        title="Copy link (C)"
        @click=${() => app.messages.copyLink(message)}
      >${icon("link")}</button>
      ${canDelete
        ? html`
          <button
            type="button"
            class="icon-button"
            data-tone="danger"
            aria-label="Delete message"
            title="Delete (Del)"
            @click=${() => app.messages.remove(message.id)}
          >${icon("trash-2")}</button>
        `
        : nothing}
    </div>
  `;
}
