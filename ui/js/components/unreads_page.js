/**
 * @import { ListEntry } from "../store/lists.js"
 * @import { MessageRow } from "../store/rows.js"
 */

import { signal } from "@preact/signals-core";
import { html, nothing } from "lit";
import { t, tn } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { readUnreads } from "../rest/lists.js";
import { channelRoute, pathOf } from "../router.js";
import { buildRows } from "../store/rows.js";
import { startTimeline } from "../store/timeline.js";
import { unreadTotals } from "../store/unread.js";
import { channelIcon, icon } from "./icon.js";
import "./list_view.js";
import { messageRow, rowContext } from "./message_row.js";
import { emptyState, pageBar } from "./page_bar.js";

/** All conversations in which something is unread, and what that is. */
class UnreadsPage extends SignalElement {
  constructor() {
    super();
    /**
     * Channel → from where on it was unread before it was marked here. The list looks at it, too.
     *
     * @type {import("@preact/signals-core").Signal<Map<string, number>>}
     */
    this.marked = signal(new Map());
    this.row = this.#row.bind(this);
  }

  firstUpdated() {
    this.marked.value = new Map();
    const { lists, view } = this.app;
    /** @type {{ channelId: string, readSeq: number }[]} */
    let conversations = [];
    lists.begin("unreads", "", (api, _subject, cursor) => {
      if (cursor === null) {
        const unread = view.lines.peek().filter(({ messages }) => messages > 0);
        conversations = unread.toSorted((a, b) => Number(b.mentions > 0) - Number(a.mentions > 0))
          .map(({ channel: { id } }) => ({
            channelId: id,
            readSeq: view.unread.peek()[id]?.readSeq ?? 0,
          }));
      }
      return readUnreads(api, conversations, cursor);
    });
  }

  render() {
    const { app } = this;
    const lines = app.view.lines.value.filter(({ messages }) => messages > 0);
    const tools = html`
      ${this.marked.value.size > 1
        ? html`
          <button type="button" class="button" data-size="small" @click=${this.#undoAll}>
            ${icon("undo-2")}<span>${t("Undo")}</span>
          </button>
        `
        : nothing}
      <button
        type="button"
        class="button"
        data-size="small"
        ?disabled=${lines.length === 0}
        @click=${() => this.#mark(lines.map(({ channel }) => channel.id))}
      >${icon("check-check")}<span>${t("Mark all read")}</span></button>
    `;
    return html`
      ${pageBar(app, { name: "inbox", title: t("Unread"), tools })}
      <parley-list
        .app=${app}
        .name=${"unreads"}
        .label=${t("Unread conversations")}
        .row=${this.row}
        .empty=${emptyState({
          name: "check-check",
          title: t("Everything is read"),
          text: t("When something is said in one of your conversations, it shows up here."),
        })}
      ></parley-list>
    `;
  }

  /** @param {ListEntry} entry */
  #row({ key, messages }) {
    const { view } = this.app;
    const channel = view.channels.value[key];
    const totals = unreadTotals(view.unread.value[key]);
    const markedFrom = this.marked.value.get(key);
    if (!channel) return nothing;
    if (totals.messages === 0) {
      return markedFrom === undefined ? nothing : html`
        <p class="list-done">
          ${icon("check")}<span>${t("{name} is read.", { name: channel.name })}</span>
          <button type="button" class="list-act" @click=${() => this.#undo([key])}>${t(
            "Undo",
          )}</button>
        </p>
      `;
    }
    const hidden = totals.messages - messages.length;
    return html`
      <article class="thread-card" data-unread>
        <header class="list-place">
          <a data-open href=${pathOf(channelRoute(key))}>${channelIcon(channel)}<b>${channel
            .name}</b></a>
          <span class="list-new">${tn("{count} new", "{count} new", totals.messages)}</span>
          ${totals.mentions > 0
            ? html`<span class="badge" title=${
              tn("{count} mention", "{count} mentions", totals.mentions)
            }>${totals.mentions}</span>`
            : nothing}
          <button type="button" class="list-act" @click=${() => this.#mark([key])}>${t(
            "Mark read",
          )}</button>
        </header>
        ${this.#messages(messages)} ${hidden > 0
          ? html`<a class="thread-more" href=${pathOf(channelRoute(key))}>${
            tn("{count} more message", "{count} more messages", hidden)
          }</a>`
          : nothing}
      </article>
    `;
  }

  /** @param {ListEntry["messages"]} messages */
  #messages(messages) {
    const timeline = { ...startTimeline({ generation: 0, atEnd: false }), messages };
    const meId = this.app.view.me.value.id;
    const rows = buildRows({ timeline, outbox: [], dividerAfter: null, meId });
    return rows.filter((row) => row.kind === "message").map((row) => {
      const line = /** @type {MessageRow} */ (row);
      return messageRow(line, rowContext(this.app, line, { targetSeq: null, scope: "list" }));
    });
  }

  /** @param {string[]} channelIds */
  #mark(channelIds) {
    const { view, inbox } = this.app;
    const marked = new Map(this.marked.peek());
    for (const channelId of channelIds) {
      marked.set(channelId, (view.unread.peek()[channelId]?.readSeq ?? 0) + 1);
      inbox.markRead(channelId);
    }
    this.marked.value = marked;
  }

  #undoAll() {
    this.#undo([...this.marked.peek().keys()]);
  }

  /** @param {string[]} channelIds */
  #undo(channelIds) {
    const marked = new Map(this.marked.peek());
    for (const channelId of channelIds) {
      const seq = marked.get(channelId);
      if (seq !== undefined) this.app.inbox.markUnread(channelId, seq);
      marked.delete(channelId);
    }
    this.marked.value = marked;
  }
}

customElements.define("parley-unreads-page", UnreadsPage);
