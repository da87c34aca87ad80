import { html } from "lit";
import { t } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";

/** One question before something that cannot be undone. */
class ConfirmDialog extends SignalElement {
  get #dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector("dialog"));
  }

  render() {
    const question = this.app.ui.confirmation.value;
    return html`
      <dialog
        class="dialog"
        data-size="small"
        role="alertdialog"
        aria-labelledby="confirm-title"
        aria-describedby="confirm-text"
        @close=${() => this.#answer(false)}
      >
        <div class="dialog-body">
          <h2 id="confirm-title">${question?.title}</h2>
          <p id="confirm-text">${question?.text}</p>
          <p class="dialog-actions">
            <button type="button" class="button" @click=${() => this.#answer(false)}>${t(
              "Cancel",
            )}</button>
            <button
              type="button"
              class="button"
              data-tone=${question?.tone ?? "danger"}
              autofocus
              @click=${() => this.#answer(true)}
            >${question?.action}</button>
          </p>
        </div>
      </dialog>
    `;
  }

  updated() {
    const isWanted = this.app.ui.confirmation.peek() !== null;
    if (isWanted && !this.#dialog.open) this.#dialog.showModal();
    else if (!isWanted && this.#dialog.open) this.#dialog.close();
  }

  /** @param {boolean} isConfirmed */
  #answer(isConfirmed) {
    const question = this.app.ui.confirmation.peek();
    this.app.ui.confirmation.value = null;
    question?.resolve(isConfirmed);
  }
}

customElements.define("parley-confirm-dialog", ConfirmDialog);
