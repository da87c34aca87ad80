/** @import { ListEntry } from "../store/lists.js" */

import { effect } from "@preact/signals-core";
import { html, nothing } from "lit";
import { subjectOf } from "../acts/message_acts.js";
import { t } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { readPins } from "../rest/lists.js";
import { icon } from "./icon.js";
import { listedMessage, placeLine } from "./list_rows.js";
import "./list_view.js";
import { emptyState } from "./page_bar.js";
import { panelBar } from "./panel_bar.js";

/** What is pinned to the open channel, the latest pin first. */
class PinsPanel extends SignalElement {
  constructor() {
    super();
    this.row = this.#row.bind(this);
    this.stopFollowing = () => {};
  }

  firstUpdated() {
    this.querySelector("button")?.focus();
    this.stopFollowing = effect(() => {
      const channelId = this.app.view.openId.value;
      if (channelId === null) return;
      this.app.lists.open("pins", channelId, (api, subject) => readPins(api, subject));
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.stopFollowing();
  }

  render() {
    return html`
      ${panelBar(this.app, t("Pinned messages"))}
      <parley-list
        .app=${this.app}
        .name=${"pins"}
        .label=${t("Pinned messages")}
        .row=${this.row}
        .empty=${emptyState({
          name: "pin",
          title: t("Nothing is pinned here"),
          text: t("Pin what everyone in this channel should find again: plans, links, decisions."),
        })}
      ></parley-list>
    `;
  }

  /** @param {ListEntry} entry */
  #row({ messages: [message] }) {
    if (!message) return nothing;
    const { view, inbox } = this.app;
    const channel = view.channels.value[message.channel_id] ?? null;
    const { isModerator } = subjectOf(message, { me: view.me.value, channel, isSaved: false });
    const canUnpin = channel?.membership && channel.archived_at === null &&
      (channel.posting === "everyone" || isModerator);
    const tools = canUnpin
      ? html`
        <button
          type="button"
          class="icon-button"
          aria-label=${t("Unpin")}
          title=${t("Unpin")}
          @click=${() => inbox.unpin(message)}
        >${icon("pin-off")}</button>
      `
      : nothing;
    return html`${placeLine(this.app, message, { tools })} ${listedMessage(this.app, message)}`;
  }
}

customElements.define("parley-pins-panel", PinsPanel);
