/**
 * One message: the only place where its markup stands.
 *
 * @import { Subject } from "../acts/message_acts.js"
 * @import { App } from "../app.js"
 * @import { CustomEmoji, Message, ThreadState, User } from "../protocol.generated.d.ts"
 * @import { OutboxEntry } from "../store/outbox.js"
 * @import { MessageRow } from "../store/rows.js"
 * @import { PresenceState } from "../store/state.js"
 */

import { html, nothing } from "lit";
import { guard } from "lit/directives/guard.js";
import { subjectOf } from "../acts/message_acts.js";
import { t } from "../lib/i18n.js";
import { clockStyle, clockTime, fullTime, shortTime } from "../lib/time.js";
import { ERROR } from "../protocol.generated.js";
import { messagePath } from "../router.js";
import { marked } from "../store/marks.js";
import { displayName } from "../store/selectors.js";
import { attachments } from "./attachments.js";
import { avatar } from "./avatar.js";
import { emojiView } from "./emoji_view.js";
import { icon } from "./icon.js";
import "./message_actions.js";
import { body } from "./message_body.js";
import "./quote.js";
import { reactions } from "./reactions.js";
import { threadLine } from "./thread_line.js";

/**
 * Where a row stands: the same message may stand in a channel, in its thread and in a list at once.
 *
 * @typedef {"channel" | "thread" | "list"} RowScope
 */

/**
 * A message can stand in several places of the page at once.
 *
 * @param {RowScope} scope
 * @param {Pick<Message, "channel_id" | "seq">} message
 * @returns {string} the id of its element
 */
export function rowId(scope, { channel_id, seq }) {
  if (scope === "list") return `l${channel_id}-${seq}`;
  return `${scope === "thread" ? "t" : "m"}${seq}`;
}
import { statusMark } from "./status_mark.js";

/**
 * @typedef {object} RowContext
 * @property {App} app
 * @property {RowScope} scope
 * @property {Message | null} message as it is shown here
 * @property {string} meId
 * @property {Record<string, User>} users
 * @property {User | undefined} author
 * @property {PresenceState} presence
 * @property {Record<string, CustomEmoji>} customEmoji
 * @property {ThreadState | undefined} threadState
 * @property {number} now
 * @property {boolean} isMentioned
 * @property {boolean} isEditing
 * @property {boolean} isTarget the message that the address points to
 * @property {string} scope what its id begins with: the same message can stand in several places
 * @property {Subject | null} subject null for what is not sent or is deleted
 */

/**
 * What a row shows beside its message. Read while rendering, so that it is drawn again with them.
 *
 * @param {App} app
 * @param {MessageRow} row
 * @param {{ targetSeq: number | null, scope?: RowScope }} place
 * @returns {RowContext}
 */
export function rowContext(app, row, { targetSeq, scope = "channel" }) {
  const { view, ui } = app;
  const me = view.me.value;
  const marks = view.marks.value;
  const message = row.message && marked(row.message, marks, me.id);
  // In an open thread it stands twice, and is edited there.
  const { threadId } = app.router.route.value;
  const isBeside = scope === "channel" && message !== null && threadId !== null &&
    (message.id === threadId || message.thread_id === threadId);
  return {
    app,
    scope,
    message,
    meId: me.id,
    users: view.users.value,
    author: view.users.value[row.authorId],
    presence: view.presence.value[row.authorId] ?? "unknown",
    customEmoji: view.customEmoji.value,
    threadState: message?.thread ? view.threads.value[message.id] : undefined,
    now: message?.thread ? ui.minute.value : 0,
    isMentioned: message?.mention_ids.includes(me.id) ?? false,
    isEditing: message !== null && !isBeside && ui.editingId.value === message.id,
    isTarget: message !== null && message.seq === targetSeq,
    subject: message === null || message.deleted_at !== null ? null : subjectOf(message, {
      me,
      channel: view.channels.value[message.channel_id] ?? null,
      isSaved: view.saved.value[message.id] ?? false,
      isInThread: scope === "thread",
    }),
  };
}

/**
 * Whoever shows rows calls `finishBodies` after each update.
 *
 * @param {MessageRow} row
 * @param {RowContext} context
 */
export function messageRow(row, context) {
  const { message, author, presence, isMentioned, isEditing, isTarget, subject } = context;
  const { threadState, now } = context;
  // Only a few rows name people beside their author, or show emoji of the workspace.
  const namesOthers = message !== null &&
    (message.reactions.length > 0 || message.thread !== null || message.pinned_by_id !== null);
  return guard([
    message,
    row.entry,
    row.isContinued,
    author,
    presence,
    isMentioned,
    isEditing,
    isTarget,
    subject?.channel,
    subject?.isSaved,
    threadState,
    now,
    clockStyle.value,
    namesOthers ? context.users : null,
    message?.reactions.length || message?.sender_emoji ? context.customEmoji : null,
  ], () => template(row, context));
}

/**
 * @param {MessageRow} row
 * @param {RowContext} context
 */
function template(row, context) {
  const { app, message, subject, isEditing, scope } = context;
  const { entry } = row;
  const id = message ? rowId(scope, message) : `e${entry?.client_id}`;
  const isThere = message !== null && message.deleted_at === null;
  const source = isThere ? message : entry;
  return html`
    <article
      class="message"
      id=${id}
      tabindex="-1"
      aria-labelledby="${id}-by ${id}-body ${id}-at"
      data-state=${stateOf(row, context)}
      ?data-continued=${row.isContinued}
      ?data-mentioned=${context.isMentioned}
    >
      ${isThere ? signs(message, context) : nothing} ${row.isContinued
        ? html`
          <span class="message-gutter">${time(row, context, id, shortTime)}</span>
          <span class="vh" id="${id}-by">${nameOf(context)}</span>
        `
        : html`${face(context)}
          <header class="message-by">
            <b
              class="message-name"
              id="${id}-by"
              data-person-id=${context.author?.id ?? nothing}
            >${nameOf(context)}</b>${statusMark(context.author)}${
          context.author?.is_bot ? html`<span class="tag">${t("Bot")}</span>` : nothing
        }
            ${time(row, context, id, clockTime)}
          </header>`}
      ${scope === "channel" && source?.thread_id
        ? html`
          <parley-thread-origin .app=${app} .reply=${source}></parley-thread-origin>
        `
        : nothing} ${source?.quote
        ? html`<parley-quote .app=${app} .quote=${source.quote}></parley-quote>`
        : nothing} ${body(row, context, id)} ${entry
        ? attachments(entry.files, null, app)
        : nothing} ${isThere
        ? [
          attachments(message.files, message, app),
          reactions(message, {
            ...context,
            canReact: subject?.channel?.membership !== null &&
              subject?.channel?.archived_at === null,
          }),
          scope === "channel"
            ? threadLine(message, {
              users: context.users,
              state: context.threadState,
              now: context.now,
            })
            : nothing,
        ]
        : nothing} ${entry ? delivery(entry, app) : nothing} ${subject && !isEditing
        ? html`
          <parley-message-actions .app=${app} .subject=${subject}></parley-message-actions>
        `
        : nothing}
    </article>
  `;
}

/**
 * @param {MessageRow} row
 * @param {RowContext} context
 */
function stateOf({ entry }, { message, isTarget }) {
  if (entry) return entry.phase === "sending" ? "waiting" : entry.phase;
  if (message?.deleted_at !== null) return "deleted";
  return isTarget ? "target" : "posted";
}

/** @param {RowContext} context */
function nameOf({ message, author }) {
  return message?.sender_name || author?.display_name || author?.username || "…";
}

/** @param {RowContext} context */
function face({ message, author, presence, customEmoji }) {
  if (!message?.sender_emoji) return avatar(author, presence, { isLink: true });
  return html`
    <span class="avatar" data-kind="emoji" aria-hidden="true">${emojiView(
      message.sender_emoji,
      customEmoji,
    )}</span>
  `;
}

/**
 * What everybody, or this person alone, has marked it with.
 *
 * @param {Message} message
 * @param {RowContext} context
 */
function signs({ pinned_at, pinned_by_id }, { users, subject }) {
  const isSaved = subject?.isSaved ?? false;
  if (pinned_at === null && !isSaved) return nothing;
  return html`
    <p class="message-signs">
      ${pinned_at === null
        ? nothing
        : html`<span>${icon("pin")}${
          pinned_by_id === null
            ? t("Pinned")
            : t("Pinned by {name}", { name: displayName(users, pinned_by_id) })
        }</span>`} ${isSaved
        ? html`<span data-tone="saved">${icon("bookmark")}${t("Saved for later")}</span>`
        : nothing}
    </p>
  `;
}

/**
 * @param {MessageRow} row
 * @param {RowContext} context
 * @param {string} id
 * @param {(at: string) => string} format
 */
function time({ at }, { message }, id, format) {
  const stamp = html`<time id="${id}-at" datetime=${at} title=${fullTime(at)}>${format(at)}</time>`;
  if (!message) return stamp;
  // Out of the order of Tab, which would else stop at every message.
  return html`<a class="message-time" tabindex="-1" href=${messagePath(message)}>${stamp}</a>`;
}

/**
 * @param {OutboxEntry} entry
 * @param {App} app
 */
function delivery(entry, app) {
  if (entry.phase !== "failed") {
    const isPending = entry.phase === "waiting" || entry.phase === "sending";
    return html`<span class="vh">${isPending ? t("Not sent yet") : ""}</span>`;
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
