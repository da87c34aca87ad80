/** @import { Message } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { locale, t } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { codePoints } from "../lib/text.js";
import { LIMIT } from "../protocol.generated.js";
import { sentence } from "../session/loader.js";

/** Changes a message where it stands. Enter saves, Escape leaves it as it was. */
class MessageEditor extends SignalElement {
  static properties = {
    message: { attribute: false },
    isSaving: { state: true },
    problem: { state: true },
  };

  constructor() {
    super();
    /** @type {Message} */
    this.message;
    this.isSaving = false;
    this.problem = "";
  }

  get #field() {
    return /** @type {HTMLTextAreaElement} */ (this.querySelector("textarea"));
  }

  firstUpdated() {
    this.#field.value = this.message.text;
    this.#field.focus();
    this.#field.setSelectionRange(this.message.text.length, this.message.text.length);
    this.scrollIntoView({ block: "nearest" });
  }

  render() {
    return html`
      <form class="message-editor" @submit=${this.#submit}>
        <textarea
          rows="1"
          aria-label=${t("Edit message")}
          aria-invalid=${this.problem ? "true" : nothing}
          ?readonly=${this.isSaving}
          @keydown=${this.#onKey}
        ></textarea>
        ${this.problem ? html`<p class="field-error" role="alert">${this.problem}</p>` : nothing}
        <p class="message-editor-actions">
          <button type="button" class="button" data-size="small" @click=${this
            .#close}>${t("Cancel")}</button>
          <button class="button" data-size="small" data-tone="primary" ?disabled=${this.isSaving}>
            ${this.isSaving ? t("Saving…") : t("Save")}
          </button>
          <span class="hint">${t("Esc to cancel · Enter to save")}</span>
        </p>
      </form>
    `;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    event.stopPropagation();
    // What is still being composed is not finished by these keys; 229 is what Safari calls it.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") {
      event.preventDefault();
      this.#close();
    } else if (event.key === "Enter" && !event.shiftKey) {
      this.#submit(event);
    }
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    const text = this.#field.value.trim();
    if (this.isSaving) return;
    if (text === this.message.text) return this.#close();
    if (text === "") {
      this.#close();
      this.app.messages.remove(this.message.id);
      return;
    }
    if (codePoints(text) > LIMIT.TEXT_MAX_CHARS) {
      this.problem = t("A message may have {count} characters.", {
        count: LIMIT.TEXT_MAX_CHARS.toLocaleString(locale()),
      });
      return;
    }
    this.isSaving = true;
    try {
      await this.app.messages.edit(this.message.id, text);
      this.#close();
    } catch (error) {
      this.problem = `${t("Not saved.")} ${sentence(error)}`;
    } finally {
      this.isSaving = false;
    }
  }

  #close() {
    if (this.app.ui.editingId.peek() !== this.message.id) return;
    this.app.ui.editingId.value = null;
    this.app.ui.composerWishes.value += 1;
  }
}

customElements.define("parley-message-editor", MessageEditor);
