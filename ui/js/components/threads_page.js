/** @import { ListEntry } from "../store/lists.js" */

import { html, nothing } from "lit";
import { t, tn } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { readThreads } from "../rest/lists.js";
import { pathOf, threadRoute } from "../router.js";
import { unreadReplies } from "../store/unread_threads.js";
import { icon } from "./icon.js";
import { listedMessage, placeLine } from "./list_rows.js";
import "./list_view.js";
import { emptyState, filterRow, pageBar } from "./page_bar.js";
import "./reply_field.js";

/** The threads that one follows, those with something unread first. */
class ThreadsPage extends SignalElement {
  static properties = { filter: { state: true } };

  constructor() {
    super();
    /** @type {"all" | "unread"} */
    this.filter = "all";
    this.row = this.#row.bind(this);
  }

  firstUpdated() {
    this.#open();
  }

  render() {
    const { app } = this;
    const unread = app.view.unreadThreads.value;
    const tools = html`
      <button
        type="button"
        class="button"
        data-size="small"
        ?disabled=${unread === 0}
        @click=${() => app.threads.markAllRead()}
      >${icon("check-check")}<span>${t("Mark all read")}</span></button>
    `;
    return html`
      ${pageBar(app, { name: "message-square-text", title: t("Threads"), tools })}
      ${filterRow(
        t("Which threads"),
        [{ value: "all", text: t("All") }, {
          value: "unread",
          text: unread > 0 ? t("Unread ({count})", { count: unread }) : t("Unread"),
        }],
        this.filter,
        (value) => {
          this.filter = /** @type {"all" | "unread"} */ (value);
          this.#open();
        },
      )}
      <parley-list
        .app=${app}
        .name=${"threads"}
        .label=${t("Threads")}
        .row=${this.row}
        .empty=${this.filter === "unread"
          ? emptyState({
            name: "check-check",
            title: t("All threads are read"),
            text: t("New replies in threads that you follow show up here."),
          })
          : emptyState({
            name: "message-square-text",
            title: t("You follow no threads yet"),
            text: t(
              "Reply to a message, or follow its thread with the bell: from then on new replies are gathered here.",
            ),
          })}
      ></parley-list>
    `;
  }

  #open() {
    const { filter } = this;
    this.app.lists.open(
      "threads",
      filter,
      (api, _subject, cursor) => readThreads(api, filter, cursor),
    );
  }

  /** @param {ListEntry} entry */
  #row({ key, messages: [root, ...replies] }) {
    if (!root) return nothing;
    const { view } = this.app;
    const channel = view.channels.value[root.channel_id];
    const counted = view.unreadThreadRows.value[key];
    const unread = counted ? unreadReplies(counted) + counted.mentions : 0;
    const hidden = (root.thread?.reply_count ?? 0) - replies.length;
    const about = counted && unread > 0
      ? html`
        <span class="list-new">${tn(
          "{count} new",
          "{count} new",
          Math.max(unreadReplies(counted), 1),
        )}</span>
        <button
          type="button"
          class="list-act"
          @click=${() => this.app.threads.markRead(key)}
        >${t("Mark read")}</button>
      `
      : nothing;
    const isWritable = channel?.membership && channel.archived_at === null;
    return html`
      <article class="thread-card" ?data-unread=${unread > 0}>
        ${placeLine(this.app, root, { isUnread: unread > 0, about })} ${listedMessage(
          this.app,
          root,
        )}
        ${hidden > 0
          ? html`
            <a
              class="thread-more"
              data-open
              href=${pathOf(threadRoute(root.channel_id, root.id))}
            >${tn("{count} earlier reply", "{count} earlier replies", hidden)}</a>
          `
          : nothing}
        <div class="thread-replies">${replies.map((reply) => listedMessage(this.app, reply))}</div>
        ${isWritable
          ? html`<parley-reply-field .app=${this.app} .root=${root}></parley-reply-field>`
          : nothing}
      </article>
    `;
  }
}

customElements.define("parley-threads-page", ThreadsPage);
