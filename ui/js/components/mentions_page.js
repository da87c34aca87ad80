/** @import { MentionEntry } from "../protocol.generated.d.ts" */
/** @import { ListEntry } from "../store/lists.js" */

import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { readMentions } from "../rest/lists.js";
import { isStillUnread } from "../store/lists.js";
import { listedMessage, placeLine } from "./list_rows.js";
import "./list_view.js";
import { emptyState, pageBar } from "./page_bar.js";

/** What calls one, from everywhere, the newest first. */
class MentionsPage extends SignalElement {
  constructor() {
    super();
    this.row = this.#row.bind(this);
  }

  firstUpdated() {
    this.app.lists.open("mentions", "", (api, _subject, cursor) => readMentions(api, cursor));
  }

  render() {
    const me = this.app.view.me.value;
    return html`
      ${pageBar(this.app, { name: "at-sign", title: t("Mentions") })}
      <parley-list
        .app=${this.app}
        .name=${"mentions"}
        .label=${t("Mentions")}
        .row=${this.row}
        .empty=${emptyState({
          name: "at-sign",
          title: t("Nobody has called you yet"),
          text: t(
            "Messages with @{username}, with a group that you are in, or with one of your keywords are kept here.",
            { username: me.username },
          ),
        })}
      ></parley-list>
    `;
  }

  /** @param {ListEntry} entry */
  #row(entry) {
    const [message] = entry.messages;
    if (!message) return nothing;
    const { view } = this.app;
    const isUnread = isStillUnread(entry, {
      unread: view.unread.value,
      threads: view.threadsKnown.value,
    });
    const about = html`<span class="list-reason">${REASON[entry.reason ?? "name"]()}</span>`;
    return html`
      ${placeLine(this.app, message, { isUnread, about })} ${listedMessage(
        this.app,
        message,
      )}
    `;
  }
}

/** @type {Record<MentionEntry["reason"], () => string>} */
const REASON = {
  name: () => t("your name"),
  group: () => t("your group"),
  keyword: () => t("a keyword"),
  channel: () => t("everyone"),
  here: () => t("everyone here"),
};

customElements.define("parley-mentions-page", MentionsPage);
