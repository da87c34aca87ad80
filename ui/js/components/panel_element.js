import { html, nothing } from "lit";
import { SignalElement } from "../lib/signal_element.js";
import { t } from "../lib/i18n.js";
import { icon } from "./icon.js";

/**
 * @import { TemplateResult } from "lit"
 * @import { Panel } from "../ui_state.js"
 */

/** What stands beside the channel: a heading, a way back, a way out, and what it is about. */
export class PanelElement extends SignalElement {
  /** @returns {string} */
  get heading() {
    throw new Error("A panel has a heading.");
  }

  /** @returns {string} what stands beside the heading, if anything */
  get remark() {
    return "";
  }

  /** @returns {Panel | null} what it was opened from */
  get cameFrom() {
    return null;
  }

  /** @returns {TemplateResult} */
  renderBody() {
    throw new Error("A panel has a body.");
  }

  connectedCallback() {
    super.connectedCallback();
    this.addEventListener("keydown", this.#onKey);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.removeEventListener("keydown", this.#onKey);
  }

  firstUpdated() {
    this.querySelector("button")?.focus();
  }

  render() {
    return html`
      <header class="bar">
        ${this.cameFrom === null ? nothing : html`
          <button
            type="button"
            class="icon-button panel-back"
            aria-label=${t("Back")}
            @click=${this.goBack}
          >${icon("arrow-left")}</button>
        `}
        <h2 id="side-title">${this.heading}</h2>
        ${this.remark ? html`<p class="bar-topic">${this.remark}</p>` : nothing}
        <div class="bar-tools">
          <button
            type="button"
            class="icon-button"
            aria-label=${t("Close {panel}", { panel: this.heading })}
            @click=${() => this.app.ui.closePanel()}
          >${icon("x")}</button>
        </div>
      </header>
      ${this.renderBody()}
    `;
  }

  goBack() {
    this.app.ui.panel.value = this.cameFrom;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    if (document.querySelector(":popover-open")) return;
    event.preventDefault();
    if (this.cameFrom !== null) this.goBack();
    else this.app.ui.closePanel();
  }
}
