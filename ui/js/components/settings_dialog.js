import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { DialogElement } from "./dialog_element.js";
import { icon } from "./icon.js";
import "./settings/appearance.js";
import "./settings/notifications.js";
import "./settings/profile.js";
import "./settings/security.js";
import "./settings/tokens.js";
import "./settings/writing.js";

/**
 * @import { TemplateResult } from "lit"
 * @import { App } from "../app.js"
 */

/** @typedef {{ name: string, icon: string, label: string, show: (app: App) => TemplateResult }} Tab */

/** @returns {Tab[]} */
const tabs = () => [
  {
    name: "profile",
    icon: "circle-user",
    label: t("Profile"),
    show: (app) => html`<parley-settings-profile .app=${app}></parley-settings-profile>`,
  },
  {
    name: "notifications",
    icon: "bell",
    label: t("Notifications"),
    show: (app) =>
      html`<parley-settings-notifications .app=${app}></parley-settings-notifications>`,
  },
  {
    name: "appearance",
    icon: "palette",
    label: t("Appearance"),
    show: (app) => html`<parley-settings-appearance .app=${app}></parley-settings-appearance>`,
  },
  {
    name: "writing",
    icon: "keyboard",
    label: t("Reading and writing"),
    show: (app) => html`<parley-settings-writing .app=${app}></parley-settings-writing>`,
  },
  {
    name: "security",
    icon: "shield",
    label: t("Sessions and security"),
    show: (app) => html`<parley-settings-security .app=${app}></parley-settings-security>`,
  },
  {
    name: "tokens",
    icon: "key-round",
    label: t("Tokens"),
    show: (app) => html`<parley-settings-tokens .app=${app}></parley-settings-tokens>`,
  },
];

/** How one wants it. Everything is saved as soon as it is chosen. */
class SettingsDialog extends DialogElement {
  static properties = { chosen: { state: true } };

  constructor() {
    super();
    this.chosen = "";
  }

  willUpdate() {
    if (this.hasUpdated) return;
    const known = tabs().some(({ name }) => name === this.subject);
    this.chosen = known ? this.subject : "profile";
  }

  get heading() {
    return t("Settings");
  }

  /** @returns {"large"} */
  get size() {
    return "large";
  }

  renderBody() {
    const all = tabs();
    const chosen = all.find(({ name }) => name === this.chosen);
    const isSaved = this.app.settings.isSaved.value;
    return html`
      <div class="settings">
        <div
          class="settings-tabs"
          role="tablist"
          aria-orientation="vertical"
          aria-label=${t("Settings")}
          @keydown=${this.#onKey}
        >${all.map((tab) =>
          html`
            <button
              type="button"
              role="tab"
              id="settings-tab-${tab.name}"
              aria-selected=${tab.name === this.chosen ? "true" : "false"}
              aria-controls="settings-panel"
              tabindex=${tab.name === this.chosen ? 0 : -1}
              ?autofocus=${tab.name === this.chosen}
              @click=${() => this.chosen = tab.name}
            >${icon(tab.icon)}<span>${tab.label}</span></button>
          `
        )}</div>
        <div
          class="settings-panel"
          id="settings-panel"
          role="tabpanel"
          aria-labelledby="settings-tab-${this.chosen}"
          tabindex="-1"
        >${chosen ? chosen.show(this.app) : nothing}</div>
        <p class="settings-saved" role="status" ?data-shown=${isSaved}>${isSaved
          ? html`${icon("check")}${t("Saved")}`
          : nothing}</p>
      </div>
    `;
  }

  /** @param {KeyboardEvent} event */
  async #onKey(event) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const names = tabs().map(({ name }) => name);
    const at = names.indexOf(this.chosen) + step;
    this.chosen = names[(at + names.length) % names.length] ?? "profile";
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector("[aria-selected=true]"))?.focus();
  }
}

customElements.define("parley-settings-dialog", SettingsDialog);
