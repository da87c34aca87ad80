import { html, nothing } from "lit";
import { RequestFailed } from "../api.js";
import { t } from "../lib/i18n.js";
import { localInput } from "../lib/time.js";
import { LIMIT } from "../protocol.generated.js";
import { sentence } from "../session/loader.js";
import { hasStatus, PLAIN_STATUS, STATUS_ENDS } from "../store/status.js";
import { DialogElement } from "./dialog_element.js";
import { icon } from "./icon.js";
import { statusEmoji } from "./status_mark.js";

/** @typedef {keyof typeof STATUS_ENDS | "pick" | "kept"} End */

/** @returns {{ emoji: string, text: string, end: keyof typeof STATUS_ENDS }[]} */
const presets = () => [
  { emoji: "📅", text: t("In a meeting"), end: "hour" },
  { emoji: "🎯", text: t("Focusing"), end: "four_hours" },
  { emoji: "🍽️", text: t("At lunch"), end: "hour" },
  { emoji: "🚆", text: t("On the way"), end: "half_hour" },
  { emoji: "🏡", text: t("Working from home"), end: "today" },
  { emoji: "🤒", text: t("Out sick"), end: "today" },
  { emoji: "🌴", text: t("On holiday"), end: "week" },
];

/** @returns {{ end: End, label: string }[]} */
const ends = () => [
  { end: "never", label: t("Until I change it") },
  { end: "half_hour", label: t("For 30 minutes") },
  { end: "hour", label: t("For 1 hour") },
  { end: "four_hours", label: t("For 4 hours") },
  { end: "today", label: t("Today") },
  { end: "week", label: t("This week") },
  { end: "pick", label: t("Until…") },
];

/** What one says one is doing. */
class StatusDialog extends DialogElement {
  static properties = {
    emoji: { state: true },
    text: { state: true },
    end: { state: true },
    problem: { state: true },
    isBusy: { state: true },
  };

  constructor() {
    super();
    this.emoji = "";
    this.text = "";
    /** @type {End} */
    this.end = "never";
    this.problem = "";
    this.isBusy = false;
  }

  willUpdate() {
    if (this.hasUpdated) return;
    const me = this.app.view.me.peek();
    this.emoji = me.status_emoji;
    this.text = me.status_text;
    this.end = me.status_until === null ? "never" : "kept";
  }

  get heading() {
    return t("Status");
  }

  renderBody() {
    const isSet = hasStatus(this.app.view.me.value);
    const isNothing = this.emoji === "" && this.text.trim() === "";
    return html`
      <form class="dialog-body form" @submit=${this.#submit}>
        <div class="status-line">
          <button
            type="button"
            class="status-emoji"
            aria-label=${t("Choose an emoji")}
            title=${t("Choose an emoji")}
            @click=${this.#pick}
          >${this.emoji
            ? statusEmoji({ ...this.app.view.me.value, status_emoji: this.emoji })
            : icon("smile-plus")}</button>
          <input
            class="input"
            autofocus
            autocomplete="off"
            aria-label=${t("What are you doing?")}
            placeholder=${t("What are you doing?")}
            maxlength=${LIMIT.STATUS_MAX_CHARS}
            .value=${this.text}
            @input=${(/** @type {Event} */ event) =>
              this.text = /** @type {HTMLInputElement} */ (event.target).value}
          />
        </div>
        <ul class="status-presets" aria-label=${t("Suggestions")}>${presets().map((preset) =>
          html`<li><button type="button" @click=${() => this.#take(preset)}>
            <span class="status-mark">${preset.emoji}</span>
            <span>${preset.text}</span>
            <span class="hint">${ends().find(({ end }) => end === preset.end)?.label}</span>
          </button></li>`
        )}</ul>
        <div class="field">
          <label for="status-end">${t("How long?")}</label>
          <select class="input" id="status-end" @change=${(/** @type {Event} */ event) =>
            this.end = /** @type {End} */ (
              /** @type {HTMLSelectElement} */ (event.target).value
            )}>
            ${this.end === "kept"
              ? html`<option value="kept" selected>${t("As it was")}</option>`
              : nothing}
            ${ends().map(({ end, label }) =>
              html`<option value=${end} ?selected=${end === this.end}>${label}</option>`
            )}
          </select>
        </div>
        ${this.end === "pick"
          ? html`
            <div class="field">
              <label for="status-until">${t("Until when?")}</label>
              <input
                class="input"
                id="status-until"
                type="datetime-local"
                required
                min=${localInput(Date.now())}
                .value=${localInput(Date.now() + 3_600_000)}
              />
            </div>
          `
          : nothing}
        ${this.problem ? html`<p class="field-error" role="alert">${this.problem}</p>` : nothing}
        <p class="dialog-actions">
          ${isSet
            ? html`
              <button
                type="button"
                class="button dialog-first"
                ?disabled=${this.isBusy}
                @click=${this.#clear}
              >${t("Clear status")}</button>
            `
            : nothing}
          <button type="button" class="button" @click=${this.close}>${t("Cancel")}</button>
          <button class="button" data-tone="primary" ?disabled=${isNothing || this.isBusy}>
            ${t("Save")}
          </button>
        </p>
      </form>
    `;
  }

  /** @param {{ emoji: string, text: string, end: keyof typeof STATUS_ENDS }} preset */
  #take({ emoji, text, end }) {
    this.emoji = emoji;
    this.text = text;
    this.end = end;
    this.querySelector("input")?.focus();
  }

  /** @param {Event} event */
  async #pick(event) {
    const emoji = await this.app.ui.pickEmoji(/** @type {Element} */ (event.currentTarget));
    if (emoji !== null) this.emoji = emoji;
  }

  #until() {
    if (this.end === "kept") return this.app.view.me.peek().status_until;
    if (this.end !== "pick") return STATUS_ENDS[this.end](new Date())?.toISOString() ?? null;
    const field = /** @type {HTMLInputElement} */ (this.querySelector("#status-until"));
    return new Date(field.value).toISOString();
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    return this.#save({
      status_emoji: this.emoji || PLAIN_STATUS,
      status_text: this.text.trim(),
      status_until: this.#until(),
    });
  }

  #clear() {
    return this.#save({ status_emoji: "", status_text: "", status_until: null });
  }

  /** @param {import("../protocol.generated.d.ts").ProfileChange} change */
  async #save(change) {
    if (this.isBusy) return;
    this.isBusy = true;
    this.problem = "";
    try {
      await this.app.settings.changeProfile(change);
      this.close();
    } catch (error) {
      const fields = error instanceof RequestFailed ? Object.values(error.fields) : [];
      this.problem = [sentence(error), ...fields].join(" ");
    } finally {
      this.isBusy = false;
    }
  }
}

/** Quiet until a moment that one picks. */
class PauseDialog extends DialogElement {
  get heading() {
    return t("Pause notifications");
  }

  /** @returns {"small"} */
  get size() {
    return "small";
  }

  renderBody() {
    return html`
      <form class="dialog-body form" @submit=${this.#submit}>
        <div class="field">
          <label for="pause-until">${t("Until when?")}</label>
          <input
            class="input"
            id="pause-until"
            type="datetime-local"
            required
            autofocus
            min=${localInput(Date.now())}
            .value=${localInput(Date.now() + 2 * 3_600_000)}
          />
        </div>
        <p class="dialog-actions">
          <button type="button" class="button" @click=${this.close}>${t("Cancel")}</button>
          <button class="button" data-tone="primary">${t("Pause")}</button>
        </p>
      </form>
    `;
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (this.querySelector("#pause-until"));
    this.app.settings.change({ dnd_until: new Date(field.value).toISOString() });
    this.close();
  }
}

customElements.define("parley-status-dialog", StatusDialog);
customElements.define("parley-pause-dialog", PauseDialog);
