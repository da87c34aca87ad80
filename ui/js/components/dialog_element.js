import { html } from "lit";
import { SignalElement } from "../lib/signal_element.js";
import { icon } from "./icon.js";

/**
 * @import { DialogName } from "../ui_state.js"
 * @import { TemplateResult } from "lit"
 */

/** A window over the page, as the browser makes it: it keeps the focus and Escape closes it. */
export class DialogElement extends SignalElement {
  /** @type {DialogName} */
  get name() {
    throw new Error("A dialog has a name.");
  }

  /** @returns {string} */
  get heading() {
    throw new Error("A dialog has a heading.");
  }

  /** @returns {TemplateResult} */
  renderBody() {
    throw new Error("A dialog has a body.");
  }

  /** The dialog is about to be shown. */
  prepare() {}

  get isShown() {
    return this.app.ui.dialog.value === this.name;
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector("dialog"));
  }

  render() {
    const id = `dialog-${this.name}`;
    return html`
      <dialog class="dialog" aria-labelledby=${id} @close=${this.close} @click=${this.#onClick}>
        ${this.isShown
          ? html`
            <header class="dialog-head">
              <h2 id=${id}>${this.heading}</h2>
              <button type="button" class="icon-button" aria-label="Close" @click=${this.close}>
                          ${icon("x")}
                        </button>
            </header>
                      ${this.renderBody()}
          `
          : html`<h2 hidden id=${id}>${this.name}</h2>`}
      </dialog>
    `;
  }

  updated() {
    const isWanted = this.app.ui.dialog.peek() === this.name;
    if (isWanted && !this.dialog.open) {
      this.prepare();
      this.dialog.showModal();
    } else if (!isWanted && this.dialog.open) {
      this.dialog.close();
    }
  }

  close() {
    if (this.app.ui.dialog.peek() === this.name) this.app.ui.dialog.value = null;
  }

  /** @param {MouseEvent} event */
  #onClick(event) {
    if (event.target === this.dialog) this.close();
  }
}
