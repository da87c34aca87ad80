import { html, nothing } from "lit";
import { RequestFailed } from "../api.js";
import { keepToName } from "../lib/channel_name.js";
import { t } from "../lib/i18n.js";
import { LIMIT } from "../protocol.generated.js";
import { sentence } from "../session/loader.js";
import { DialogElement } from "./dialog_element.js";
import { icon } from "./icon.js";

/** The form for a new channel. Afterwards it is offered to add people. */
class CreateDialog extends DialogElement {
  static properties = {
    isSaving: { state: true },
    problem: { state: true },
    fieldProblems: { state: true },
  };

  constructor() {
    super();
    this.isSaving = false;
    this.problem = "";
    /** @type {Record<string, string>} */
    this.fieldProblems = {};
  }

  get heading() {
    return t("Create a channel");
  }

  renderBody() {
    const { name, topic, description } = this.fieldProblems;
    return html`
      <form class="dialog-body form" @submit=${this.#submit}>
        ${this.problem ? html`<p class="field-error" role="alert">${this.problem}</p>` : nothing}
        <div class="field">
          <label for="channel-name">${t("Name")}</label>
          <input
            class="input"
            id="channel-name"
            name="name"
            required
            autofocus
            autocomplete="off"
            maxlength=${LIMIT.NAME_MAX_CHARS}
            placeholder="plan-budget"
            .value=${this.subject}
            aria-invalid=${name ? "true" : nothing}
            aria-describedby="channel-name-hint"
            @input=${keepToName}
          />
          <p class="hint" id="channel-name-hint">${name
            ? html`<span class="field-error">${name}</span>`
            : t("Short, without spaces.")}</p>
        </div>
        <fieldset class="kinds">
          <legend>${t("Who can find it?")}</legend>
          <label>
            <input type="radio" name="kind" value="public" checked />
            ${icon("hash")}<span><b>${t("Public")}</b><span class="hint">${t(
              "Everyone can join and read.",
            )}</span></span>
          </label>
          <label>
            <input type="radio" name="kind" value="private" />
            ${icon("lock")}<span><b>${t("Private")}</b><span class="hint">${t(
              "Only people who are added.",
            )}</span></span>
          </label>
        </fieldset>
        <div class="field">
          <label for="channel-topic">${t("Topic")} <span class="hint">${t(
            "(optional)",
          )}</span></label>
          <input
            class="input"
            id="channel-topic"
            name="topic"
            autocomplete="off"
            maxlength=${LIMIT.TOPIC_MAX_CHARS}
            placeholder=${t("What is it about just now?")}
          />
          ${topic ? html`<p class="field-error">${topic}</p>` : nothing}
        </div>
        <details class="more">
          <summary>${t("More")}</summary>
          <div class="field">
            <label for="channel-description">${t("Description")}</label>
            <textarea
              class="input"
              id="channel-description"
              name="description"
              rows="3"
              maxlength=${LIMIT.DESCRIPTION_MAX_CHARS}
              placeholder=${t("What is it for?")}
            ></textarea>
            ${description ? html`<p class="field-error">${description}</p>` : nothing}
          </div>
          <label class="switch">
            <input type="checkbox" name="posting" value="moderators" />
            <span><b>${t("For announcements")}</b><span class="hint">${t(
              "Only those who run the channel post in it. Everyone can reply and react.",
            )}</span></span>
          </label>
        </details>
        <p class="dialog-actions">
          <button type="button" class="button" @click=${this.close}>${t("Cancel")}</button>
          <button class="button" data-tone="primary" ?disabled=${this.isSaving}>${this.isSaving
            ? t("Creating…")
            : t("Create")}</button>
        </p>
      </form>
    `;
  }

  firstUpdated() {
    super.firstUpdated();
    const field = this.querySelector("input");
    if (field) keepToName({ target: field });
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    event.preventDefault();
    if (this.isSaving) return;
    this.isSaving = true;
    this.problem = "";
    this.fieldProblems = {};
    const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
    try {
      const channel = await this.app.channels.create({
        name: String(data.get("name")),
        kind: data.get("kind") === "private" ? "private" : "public",
        topic: String(data.get("topic")).trim(),
        description: String(data.get("description")).trim(),
        posting: data.get("posting") === "moderators" ? "moderators" : "everyone",
      });
      this.close();
      this.app.ui.openDialog("add", channel.id);
    } catch (error) {
      const fields = error instanceof RequestFailed ? error.fields : {};
      const isNameTaken = error instanceof RequestFailed && error.code === "name_taken";
      this.fieldProblems = isNameTaken ? { name: sentence(error) } : fields;
      this.problem = Object.keys(this.fieldProblems).length > 0 ? "" : sentence(error);
    } finally {
      this.isSaving = false;
    }
  }
}

customElements.define("parley-create-dialog", CreateDialog);
