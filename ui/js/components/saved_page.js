/** @import { ListEntry } from "../store/lists.js" */

import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { readSaved } from "../rest/lists.js";
import { icon } from "./icon.js";
import { listedMessage, placeLine } from "./list_rows.js";
import "./list_view.js";
import { emptyState, pageBar } from "./page_bar.js";

/** What one keeps for later, the last kept first. */
class SavedPage extends SignalElement {
  constructor() {
    super();
    this.row = this.#row.bind(this);
  }

  firstUpdated() {
    this.app.lists.open("saved", "", (api, _subject, cursor) => readSaved(api, cursor));
  }

  render() {
    return html`
      ${pageBar(this.app, { name: "bookmark", title: t("Saved") })}
      <parley-list
        .app=${this.app}
        .name=${"saved"}
        .label=${t("Saved messages")}
        .row=${this.row}
        .empty=${emptyState({
          name: "bookmark",
          title: t("Nothing is kept for later"),
          text: t("Save a message that you want to come back to. Only you see what is here."),
        })}
      ></parley-list>
    `;
  }

  /** @param {ListEntry} entry */
  #row({ messages: [message] }) {
    if (!message) return nothing;
    const tools = html`
      <button
        type="button"
        class="icon-button"
        aria-label=${t("Remove from saved")}
        title=${t("Remove from saved")}
        @click=${() => this.app.inbox.unsave(message)}
      >${icon("bookmark-x")}</button>
    `;
    return html`${placeLine(this.app, message, { tools })} ${listedMessage(this.app, message)}`;
  }
}

customElements.define("parley-saved-page", SavedPage);
