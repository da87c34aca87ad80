import { html } from "lit";
import { t } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { icon } from "./icon.js";

/** Something that is shown once, to be copied. */
class CopyField extends SignalElement {
  static properties = { label: { attribute: false }, value: { attribute: false } };

  constructor() {
    super();
    this.label = "";
    this.value = "";
  }

  render() {
    return html`
      <div class="copy-field">
        <input
          class="input"
          readonly
          aria-label=${this.label}
          .value=${this.value}
          @focus=${(/** @type {FocusEvent} */ { target }) =>
            /** @type {HTMLInputElement} */ (target).select()}
        />
        <button type="button" class="button" data-tone="primary" @click=${this.#copy}>
          ${icon("copy")}${t("Copy")}
        </button>
      </div>
    `;
  }

  async #copy() {
    const field = /** @type {HTMLInputElement} */ (this.querySelector("input"));
    try {
      await navigator.clipboard.writeText(this.value);
      this.app.ui.say(t("Copied."));
    } catch {
      // Only pages with HTTPS may write to the clipboard: then it is at least selected.
      field.focus();
      this.app.ui.say(t("Press {keys} to copy what is selected.", { keys: "Ctrl C" }));
    }
  }
}

customElements.define("parley-copy-field", CopyField);
