import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { LIMIT } from "../protocol.generated.js";
import { sentence } from "../session/loader.js";
import { DialogElement } from "./dialog_element.js";

const FOR = "for:";

/**
 * The name of a section: a new one (`new`), a new one for a conversation (`for:7`), or one there is (its
 * id).
 */
class SectionDialog extends DialogElement {
  static properties = { problem: { state: true }, isSaving: { state: true } };

  constructor() {
    super();
    this.problem = "";
    this.isSaving = false;
  }

  get #section() {
    return this.app.view.sections.peek().find(({ id }) => id === this.subject);
  }

  get heading() {
    return this.#section ? t("Rename section") : t("New section");
  }

  /** @returns {"small"} */
  get size() {
    return "small";
  }

  renderBody() {
    return html`
      <form class="dialog-body form" @submit=${this.#submit}>
        <div class="field">
          <label for="section-name">${t("Name")}</label>
          <input
            class="input"
            id="section-name"
            name="name"
            required
            autofocus
            autocomplete="off"
            maxlength=${LIMIT.NAME_MAX_CHARS}
            placeholder=${t("Projects")}
            .value=${this.#section?.name ?? ""}
            aria-invalid=${this.problem ? "true" : nothing}
          />
          ${this.problem ? html`<p class="field-error" role="alert">${this.problem}</p>` : nothing}
          <p class="hint">${t("Only you see your sections.")}</p>
        </div>
        <p class="dialog-actions">
          <button type="button" class="button" @click=${this.close}>${t("Cancel")}</button>
          <button class="button" data-tone="primary" ?disabled=${this.isSaving}>${t(
            "Save",
          )}</button>
        </p>
      </form>
    `;
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const name = String(data.get("name")).trim();
    this.isSaving = true;
    this.problem = "";
    try {
      if (this.#section) {
        await this.app.sections.rename(this.#section.id, name);
      } else {
        const section = await this.app.sections.create(name);
        if (this.subject.startsWith(FOR)) {
          const channelId = this.subject.slice(FOR.length);
          await this.app.channels.setMembership(channelId, { section_id: section.id });
        }
      }
      this.close();
    } catch (error) {
      this.problem = sentence(error);
    } finally {
      this.isSaving = false;
    }
  }
}

customElements.define("parley-section-dialog", SectionDialog);
