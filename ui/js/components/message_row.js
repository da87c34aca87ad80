/**
 * One message: the only place where its markup stands.
 *
 * @import { Subject } from "../acts/message_acts.js"
 * @import { App } from "../app.js"
 * @import { User } from "../protocol.generated.d.ts"
 * @import { OutboxEntry } from "../store/outbox.js"
 * @import { MessageRow } from "../store/rows.js"
 * @import { PresenceState } from "../store/state.js"
 */

import { html, nothing } from "lit";
import { guard } from "lit/directives/guard.js";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import { possibleActs, subjectOf } from "../acts/message_acts.js";
import { t } from "../lib/i18n.js";
import { clockStyle, clockTime, fullTime, shortTime } from "../lib/time.js";
import { ERROR } from "../protocol.generated.js";
import { avatar } from "./avatar.js";
import { icon } from "./icon.js";
import { statusMark } from "./status_mark.js";

/**
 * @typedef {object} RowContext
 * @property {App} app
 * @property {User | undefined} author
 * @property {PresenceState} presence
 * @property {boolean} isMentioned
 * @property {boolean} isEditing
 * @property {boolean} isTarget the message that the address points to
 * @property {Subject | null} subject null for what is not sent or is deleted
 */

/**
 * What a row shows beside its message. Read while rendering, so that it is drawn again with them.
 *
 * @param {App} app
 * @param {MessageRow} row
 * @param {{ targetSeq: number | null }} place
 * @returns {RowContext}
 */
export function rowContext(app, { message, authorId }, { targetSeq }) {
  const { view, ui } = app;
  return {
    app,
    author: view.users.value[authorId],
    presence: view.presence.value[authorId] ?? "unknown",
    isMentioned: message?.mention_ids.includes(view.me.value.id) ?? false,
    isEditing: message !== null && ui.editingId.value === message.id,
    isTarget: message !== null && message.seq === targetSeq,
    subject: message === null || message.deleted_at !== null ? null : subjectOf(message, {
      me: view.me.value,
      channel: view.channels.value[message.channel_id] ?? null,
      isSaved: view.saved.value[message.id] ?? false,
    }),
  };
}

/**
 * @param {MessageRow} row
 * @param {RowContext} context
 */
export function messageRow(row, context) {
  const { author, presence, isMentioned, isEditing, isTarget, subject } = context;
  const shown = [row.message, row.entry, row.isContinued, author, presence, clockStyle.value];
  return guard(
    [...shown, isMentioned, isEditing, isTarget, subject?.channel, subject?.isSaved],
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
        : html`${avatar(context.author, context.presence, { isLink: true })}
          <header class="message-by" id="${id}-by">
            <b class="message-name" data-person-id=${context.author?.id ?? nothing}>${name}</b>${
          statusMark(context.author)
        }${context.author?.is_bot ? html`<span class="tag">Bot</span>` : nothing}
            ${time(row, clockTime)}
          </header>`}
      ${body(row, context)} ${entry
        ? delivery(entry, context.app)
        : nothing} ${context.subject && !context.isEditing
        ? toolbar(context.subject, context.app)
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
      <span>${t("Not sent.")}${entry.detail ? ` ${entry.detail}` : ""}</span>
      <span class="message-choices">
        ${entry.code === ERROR.CONFIRMATION_REQUIRED
          ? html`<button type="button" @click=${() => app.messages.confirm(entry)}>
            ${t("Send anyway")}
          </button>`
          : html`<button type="button" @click=${() => app.messages.retry(entry)}>${
            t("Retry")
          }</button>`}
        <button type="button" @click=${() => app.messages.rewrite(entry)}>${t("Edit")}</button>
        <button type="button" @click=${() => app.messages.discard(entry)}>${t("Discard")}</button>
      </span>
    </p>
  `;
}

/** @param {OutboxEntry} entry */
function isPending({ phase }) {
  return phase === "waiting" || phase === "sending";
}

/**
 * @param {Subject} subject
 * @param {App} app
 */
function toolbar(subject, app) {
  return html`
    <div class="message-actions" role="toolbar" aria-label=${t("Message actions")}>
      ${possibleActs(subject).map((act) =>
        html`
          <button
            type="button"
            class="icon-button"
            data-tone=${act.tone ?? nothing}
            aria-label=${act.label(subject)}
            title=${act.label(subject)}
            @click=${(/** @type {Event} */ event) =>
              act.run(app, subject.message, /** @type {Element} */ (event.currentTarget))}
          >${icon(act.icon)}</button>
        `
      )}
    </div>
  `;
}
