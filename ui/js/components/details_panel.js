/** @import { ChannelView } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { canManage } from "../store/selectors.js";
import "./details_about.js";
import "./details_members.js";
import "./details_settings.js";
import "./details_webhooks.js";
import { icon } from "./icon.js";
import { tabList } from "./tabs.js";

/** @typedef {"about" | "members" | "settings" | "webhooks"} TabName */

/** Everything about the open channel. */
class DetailsPanel extends SignalElement {
  static properties = { tab: { state: true } };

  constructor() {
    super();
    /** @type {TabName} */
    this.tab = "about";
  }

  firstUpdated() {
    this.querySelector("button")?.focus();
  }

  render() {
    const { view } = this.app;
    const channel = view.channel.value;
    if (!channel) return nothing;
    const tabs = this.#tabs(channel);
    const chosen = tabs.find(({ name }) => name === this.tab)?.name ?? "about";
    return html`
      <header class="bar">
        <h2 id="side-title">${channel.kind === "dm" ? t("Details") : t("Channel details")}</h2>
        <div class="bar-tools">
          <button
            type="button"
            class="icon-button"
            aria-label=${t("Close details")}
            @click=${this.#close}
          >${icon("x")}</button>
        </div>
      </header>
      ${tabList({
        label: t("Details"),
        tabs,
        chosen,
        choose: (name) => this.tab = name,
      })}
      <div
        class="details"
        id="tab-panel"
        role="tabpanel"
        aria-labelledby="tab-${chosen}"
        tabindex="0"
      >${this.#panel(chosen, channel)}</div>
    `;
  }

  /** @param {ChannelView} channel */
  #tabs(channel) {
    const isManager = canManage(channel, this.app.view.me.value);
    const tabs = /** @type {{ name: TabName, label: string }[]} */ ([
      { name: "about", label: t("About") },
      { name: "members", label: t("Members") },
    ]);
    if (isManager) {
      tabs.push({ name: "settings", label: t("Settings") });
      tabs.push({ name: "webhooks", label: t("Webhooks") });
    }
    return tabs;
  }

  /**
   * @param {TabName} name
   * @param {ChannelView} channel
   */
  #panel(name, channel) {
    const { app } = this;
    if (name === "members") {
      return html`
        <parley-details-members
          .app=${app}
          .channel=${channel}
        ></parley-details-members>
      `;
    }
    if (name === "settings") {
      return html`
        <parley-details-settings
          .app=${app}
          .channel=${channel}
        ></parley-details-settings>
      `;
    }
    if (name === "webhooks") {
      return html`
        <parley-details-webhooks
          .app=${app}
          .channel=${channel}
        ></parley-details-webhooks>
      `;
    }
    return html`<parley-details-about .app=${app} .channel=${channel}></parley-details-about>`;
  }

  #close() {
    this.app.ui.panel.value = null;
    /** @type {HTMLElement | null} */ (document.querySelector(".bar-name"))?.focus();
  }
}

customElements.define("parley-details-panel", DetailsPanel);
