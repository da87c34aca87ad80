/** @import { App } from "../app.js" */

import { html } from "lit";
import { t } from "../lib/i18n.js";
import { everyday } from "../lib/parts.js";
import { SignalElement } from "../lib/signal_element.js";
import { ownPresence } from "../store/selectors.js";
import { avatar, PRESENCE_LABEL } from "./avatar.js";
import { icon } from "./icon.js";
import { statusMark } from "./status_mark.js";

/** @param {App} app */
export function pausedUntil({ view, ui }) {
  const until = view.preferences.value?.dnd_until;
  return until && Date.parse(until) > ui.minute.value ? until : null;
}

/** Oneself, and the menu about oneself. */
class UserMenu extends SignalElement {
  render() {
    const { view } = this.app;
    const me = view.me.value;
    const seen = view.presence.value[me.id] ?? "unknown";
    const presence = ownPresence(me, seen);
    const said = presence === "invisible" ? t("Invisible") : PRESENCE_LABEL[presence];
    return html`
      <button type="button" class="user-button" popovertarget="user-menu">
        ${avatar(me, presence === "invisible" ? "offline" : presence, { size: 32 })}
        <span class="user-names">
          <span class="user-name">${me.display_name || me.username} ${statusMark(me)}</span>
          <span class="user-state">${pausedUntil(this.app)
            ? t("Notifications paused")
            : said}</span>
        </span>
        ${icon("chevrons-up-down")}
      </button>
      <div
        class="menu"
        id="user-menu"
        popover
        @click=${this.#onClick}
        @beforetoggle=${this.#onToggle}
      >
        <parley-user-menu-body .app=${this.app}></parley-user-menu-body>
      </div>
    `;
  }

  /** @param {ToggleEvent} event */
  #onToggle({ newState }) {
    if (newState === "open") everyday().catch(() => this.app.ui.missPart());
  }

  /** @param {Event} event */
  #onClick(event) {
    const menu = /** @type {HTMLElement} */ (event.currentTarget);
    const chosen = /** @type {Element} */ (event.target).closest("button, a");
    if (chosen && !chosen.hasAttribute("data-stays")) menu.hidePopover();
  }
}

customElements.define("parley-user-menu", UserMenu);
