/**
 * Says how much is new above, when where it begins is out of sight.
 *
 * @import { App } from "../app.js"
 * @import { Timeline } from "../store/timeline.js"
 */

import { html } from "lit";
import { t, tn } from "../lib/i18n.js";
import { clockTime } from "../lib/time.js";
import { icon } from "./icon.js";

/**
 * @param {App} app
 * @param {Timeline} timeline
 * @param {{ dividerAfter: number, onJump: () => void }} options
 */
export function unreadBar(app, timeline, { dividerAfter, onJump }) {
  const meId = app.view.me.value.id;
  const fresh = timeline.messages.filter(({ seq, author_id, deleted_at }) =>
    seq > dividerAfter && author_id !== meId && deleted_at === null
  );
  const count = Math.max(fresh.length, app.view.unreadHere.value);
  const isWhole = timeline.messages.some(({ seq }) => seq <= dividerAfter) || !timeline.hasOlder;
  const since = isWhole ? fresh[0]?.created_at : undefined;
  return html`
    <div class="unread-bar" role="status">
      <span>${since === undefined
        ? tn("{count} new message", "{count} new messages", count)
        : tn("{count} new since {time}", "{count} new since {time}", count, {
          time: clockTime(since),
        })}</span>
      <button type="button" @click=${onJump}>${t("Jump")}${icon("arrow-up")}</button>
      <button type="button" @click=${() => app.places.dismissUnread()}>${t("Mark read")}<kbd
        aria-hidden="true"
      >Esc</kbd></button>
    </div>
  `;
}
