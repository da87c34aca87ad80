import { html } from "lit";
import { SignalElement } from "../lib/signal_element.js";
import { t } from "../lib/i18n.js";
import { icon } from "./icon.js";

/** @import { TemplateResult } from "lit" */

/**
 * A window over the page, as the browser makes it: it keeps the focus and Escape closes it.
 *
 * It is in the page while it is open, and begins anew each time.
 */
export class DialogElement extends SignalElement {
  /** @returns {string} */
  get heading() {
    throw new Error("A dialog has a heading.");
  }

  /** Whether its heading can be seen. Without, the first thing in it says what it is. */
  get hasHead() {
    return true;
  }

  /** @returns {"small" | "medium" | "large"} */
  get size() {
    return "medium";
  }

  /** @returns {TemplateResult} */
  renderBody() {
    throw new Error("A dialog has a body.");
  }

  /** What it is about, as it was opened: an id, the name of a tab. */
  get subject() {
    return this.app.ui.dialog.value?.subject ?? "";
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector("dialog"));
  }

  firstUpdated() {
    this.opened = this.app.ui.dialog.peek();
    this.dialog.showModal();
  }

  render() {
    return html`
      <dialog
        class="dialog"
        data-size=${this.size}
        aria-labelledby="dialog-title"
        @close=${this.#onClose}
        @click=${this.#onClick}
      >
        ${this.hasHead
          ? html`
            <header class="dialog-head">
              <h2 id="dialog-title">${this.heading}</h2>
              <button
                type="button"
                class="icon-button"
                aria-label=${t("Close")}
                @click=${this.close}
              >${icon("x")}</button>
            </header>
          `
          : html`<h2 class="vh" id="dialog-title">${this.heading}</h2>`}
        ${this.renderBody()}
      </dialog>
    `;
  }

  close() {
    this.dialog.close();
  }

  #onClose() {
    // When another one is wanted by now, that one stays.
    const { dialog } = this.app.ui;
    if (dialog.peek() === this.opened) dialog.value = null;
  }

  /** @param {MouseEvent} event */
  #onClick(event) {
    if (event.target === this.dialog) this.close();
  }
}
