import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { LIMIT } from "../protocol.generated.js";
import { sentence } from "../session/loader.js";
import { DialogElement } from "./dialog_element.js";
import { icon } from "./icon.js";
import "./people_picker.js";

/** With whom to talk: one, several, or oneself. A conversation that there is is opened. */
class DirectDialog extends DialogElement {
  static properties = {
    chosen: { state: true },
    problem: { state: true },
    isOpening: { state: true },
  };

  constructor() {
    super();
    /** @type {string[]} */
    this.chosen = [];
    this.problem = "";
    this.isOpening = false;
  }

  get heading() {
    return t("New direct message");
  }

  renderBody() {
    const me = this.app.view.me.value.id;
    return html`
      <form class="dialog-body form" @submit=${this.#submit}>
        <parley-people-picker
          .app=${this.app}
          .label=${t("To")}
          .chosen=${this.chosen}
          .without=${new Set([me])}
          .max=${LIMIT.DIRECT_MAX_USERS - 1}
          @pick=${this.#onPick}
        ></parley-people-picker>
        ${this.problem ? html`<p class="field-error" role="alert">${this.problem}</p>` : nothing}
        <p class="dialog-actions" data-spread>
          <button
            type="button"
            class="button"
            ?disabled=${this.isOpening}
            @click=${() => this.#open([])}
          >${icon("notebook-pen")}${t("Notes to yourself")}</button>
          <button
            class="button"
            data-tone="primary"
            ?disabled=${this.isOpening || this.chosen.length === 0}
          >${this.chosen.length > 1 ? t("Open group") : t("Open conversation")}</button>
        </p>
      </form>
    `;
  }

  /** @param {CustomEvent<string[]>} event */
  #onPick(event) {
    this.chosen = event.detail;
    this.problem = "";
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    if (this.chosen.length > 0) this.#open(this.chosen);
  }

  /** @param {string[]} userIds */
  async #open(userIds) {
    this.isOpening = true;
    try {
      await this.app.channels.openDirect(userIds);
      this.close();
    } catch (error) {
      this.problem = sentence(error);
    } finally {
      this.isOpening = false;
    }
  }
}

customElements.define("parley-direct-dialog", DirectDialog);
