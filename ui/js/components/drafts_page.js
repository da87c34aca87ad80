/**
 * @import { DraftRow } from "../store/draft_rows.js"
 * @import { List, ListEntry } from "../store/lists.js"
 */

import { html, nothing } from "lit";
import { t, tn } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { channelRoute, pathOf, threadRoute } from "../router.js";
import { channelIcon, icon } from "./icon.js";
import { dayAndTime } from "./list_rows.js";
import "./list_view.js";
import { emptyState, pageBar } from "./page_bar.js";

/** What one has begun to write, on this device or another. */
class DraftsPage extends SignalElement {
  constructor() {
    super();
    this.row = this.#row.bind(this);
  }

  render() {
    const rows = this.app.view.draftRows.value;
    return html`
      ${pageBar(this.app, {
        name: "pencil-line",
        title: t("Drafts"),
        tools: rows.length === 0
          ? nothing
          : html`<span class="hint">${tn("{count} draft", "{count} drafts", rows.length)}</span>`,
      })}
      <parley-list
        .app=${this.app}
        .list=${listOf(rows)}
        .label=${t("Drafts")}
        .row=${this.row}
        .empty=${emptyState({
          name: "pencil-line",
          title: t("Nothing is half written"),
          text: t("What you begin to write and do not send is kept, and waits here for you."),
        })}
      ></parley-list>
    `;
  }

  /** @param {ListEntry} entry */
  #row({ key }) {
    const draft = this.app.view.draftRows.value.find((one) => one.key === key);
    const channel = draft && this.app.view.channels.value[draft.channelId];
    if (!draft || !channel) return nothing;
    const route = draft.threadId === null
      ? channelRoute(draft.channelId)
      : threadRoute(draft.channelId, draft.threadId);
    return html`
      <article class="draft">
        <header class="list-place">
          <a data-open href=${pathOf(route)}>${channelIcon(channel)}<b>${channel.name}</b>
            ${draft.threadId === null
              ? nothing
              : html`<span class="hint">${t("in a thread")}</span>`}
          </a>
          ${draft.at === null ? nothing : html`
            <time class="hint" datetime=${draft.at}>${dayAndTime(this.app, draft.at)}</time>
          `}
          <button
            type="button"
            class="icon-button"
            data-tone="danger"
            aria-label=${t("Delete draft")}
            title=${t("Delete draft")}
            @click=${() => this.#remove(draft)}
          >${icon("trash-2")}</button>
        </header>
        <p class="draft-text">${draft.text}</p>
      </article>
    `;
  }

  /** @param {DraftRow} draft */
  async #remove({ channelId, threadId }) {
    const isConfirmed = await this.app.ui.confirm({
      title: t("Delete this draft?"),
      text: t("It goes from all of your devices."),
      action: t("Delete"),
    });
    if (isConfirmed) this.app.drafts.save(channelId, threadId, "");
  }
}

/**
 * @param {DraftRow[]} rows
 * @returns {List}
 */
function listOf(rows) {
  return {
    subject: "drafts",
    generation: 0,
    entries: rows.map(({ key, channelId }) => ({ key, channelId, messages: [] })),
    cursor: null,
    isLoaded: true,
    isLoading: false,
    hasMore: false,
    isStale: false,
    isOutdated: false,
    problem: null,
  };
}

customElements.define("parley-drafts-page", DraftsPage);
