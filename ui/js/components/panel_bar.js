/** @import { App } from "../app.js" */

import { html } from "lit";
import { t } from "../lib/i18n.js";
import { icon } from "./icon.js";

/**
 * The bar of a panel beside the channel, with its name and what closes it.
 *
 * @param {App} app
 * @param {string} title
 */
export function panelBar(app, title) {
  const close = () => {
    app.ui.panel.value = null;
    app.ui.composerWishes.value += 1;
  };
  return html`
    <header class="bar" @keydown=${(/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      close();
    }}>
      <button
        type="button"
        class="icon-button bar-back"
        aria-label=${t("Back to the channel")}
        @click=${close}
      >${icon("arrow-left")}</button>
      <h2 id="side-title">${title}</h2>
      <div class="bar-tools">
        <button
          type="button"
          class="icon-button bar-close"
          aria-label=${t("Close")}
          title=${t("Close")}
          @click=${close}
        >${icon("x")}</button>
      </div>
    </header>
  `;
}
