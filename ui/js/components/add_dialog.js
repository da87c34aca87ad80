import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { sentence } from "../session/loader.js";
import { DialogElement } from "./dialog_element.js";
import "./people_picker.js";

/** People for the channel that is its subject. */
class AddDialog extends DialogElement {
  static properties = {
    chosen: { state: true },
    present: { state: true },
    problem: { state: true },
    isAdding: { state: true },
  };

  constructor() {
    super();
    /** @type {string[]} */
    this.chosen = [];
    /** @type {ReadonlySet<string>} */
    this.present = new Set();
    this.problem = "";
    this.isAdding = false;
  }

  get #channel() {
    return this.app.view.channels.value[this.subject];
  }

  get heading() {
    return t("Add people to {name}", { name: this.#channel?.name ?? "" });
  }

  firstUpdated() {
    super.firstUpdated();
    this.#loadPresent();
  }

  renderBody() {
    const isPublic = this.#channel?.kind === "public";
    return html`
      <form class="dialog-body form" @submit=${this.#submit}>
        <p class="hint">${isPublic
          ? t("Everyone can also find and join it by themselves.")
          : t("Only people who are added can see it, with all that was said before.")}</p>
        <parley-people-picker
          .app=${this.app}
          .label=${t("People to add")}
          .chosen=${this.chosen}
          .without=${this.present}
          @pick=${this.#onPick}
        ></parley-people-picker>
        ${this.problem ? html`<p class="field-error" role="alert">${this.problem}</p>` : nothing}
        <p class="dialog-actions">
          <button type="button" class="button" @click=${this.close}>${t("Not now")}</button>
          <button
            class="button"
            data-tone="primary"
            ?disabled=${this.isAdding || this.chosen.length === 0}
          >${this.isAdding ? t("Adding…") : t("Add")}</button>
        </p>
      </form>
    `;
  }

  /** Who is in it already is not offered. */
  async #loadPresent() {
    const me = this.app.view.me.peek().id;
    this.present = new Set([me]);
    try {
      /** @type {import("../protocol.generated.d.ts").Member[]} */
      const members = await this.app.api.all(`channels/${this.subject}/members`);
      this.present = new Set([me, ...members.map(({ user_id }) => user_id)]);
    } catch (error) {
      this.problem = sentence(error);
    }
  }

  /** @param {CustomEvent<string[]>} event */
  #onPick(event) {
    this.chosen = event.detail;
    this.problem = "";
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    event.preventDefault();
    if (this.chosen.length === 0) return;
    this.isAdding = true;
    try {
      await this.app.channels.addPeople(this.subject, this.chosen);
      this.close();
    } catch (error) {
      this.problem = sentence(error);
    } finally {
      this.isAdding = false;
    }
  }
}

customElements.define("parley-add-dialog", AddDialog);
