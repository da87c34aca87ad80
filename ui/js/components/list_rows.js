/**
 * What the lines of the lists have in common: where a message was said, and the message itself.
 *
 * @import { App } from "../app.js"
 * @import { Message } from "../protocol.generated.d.ts"
 */

import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { clockTime, dayOf, fullTime, shortDayLabel } from "../lib/time.js";
import { messageRoute, pathOf } from "../router.js";
import { messageLine } from "../store/rows.js";
import { channelIcon, icon } from "./icon.js";
import { messageRow, rowContext } from "./message_row.js";

/**
 * The channel and the day of a message, as a link to it.
 *
 * @param {App} app
 * @param {Message} message
 * @param {{ isUnread?: boolean, hasTime?: boolean, about?: unknown, tools?: unknown }} [more] hasTime:
 *   the message below does not say it; about: why it is here
 */
export function placeLine(app, message, { isUnread = false, hasTime = false, about, tools } = {}) {
  const channel = app.view.channels.value[message.channel_id];
  const name = channel?.name ?? t("A channel");
  return html`
    <header class="list-place">
      <a data-open href=${pathOf(messageRoute(message))}>
        ${isUnread
          ? html`<span class="unread-dot"><span class="vh">${t("Unread")}</span></span>`
          : nothing} ${channel ? channelIcon(channel) : icon("hash")}<b>${name}</b>
        ${message.thread_id === null
          ? nothing
          : html`<span class="hint">${t("in a thread")}</span>`}
      </a>
      ${about ?? nothing}
      <time class="hint" datetime=${message.created_at} title=${fullTime(
        message.created_at,
      )}>${(hasTime ? dayAndTime : dayIn)(app, message.created_at)}</time>
      ${tools ?? nothing}
    </header>
  `;
}

/**
 * @param {App} app
 * @param {string} at
 */
export function dayAndTime(app, at) {
  const time = clockTime(at);
  return dayOf(at) === app.ui.today.value ? time : `${dayIn(app, at)}, ${time}`;
}

/**
 * @param {App} app
 * @param {string} at
 */
function dayIn(app, at) {
  return shortDayLabel(dayOf(at), Date.parse(`${app.ui.today.value}T12:00:00`));
}

/**
 * @param {App} app
 * @param {Message} message
 */
export function listedMessage(app, message) {
  const line = messageLine(message);
  return messageRow(
    line,
    rowContext(app, line, { targetSeq: null, scope: "list" }),
  );
}
