import { html, nothing } from "lit";
import { RequestFailed } from "../api.js";
import { LIMIT } from "../protocol.generated.js";
import { sentence } from "../session/loader.js";
import { DialogElement } from "./dialog_element.js";
import { icon } from "./icon.js";

/** The form for a channel: name, topic, and what its two dialogs add. */
class ChannelDialog extends DialogElement {
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

  /** @returns {{ name: string, topic: string }} */
  get initial() {
    return { name: "", topic: "" };
  }

  /** @returns {string} */
  get action() {
    throw new Error("A form has an action.");
  }

  /**
   * @param {FormData} _data
   * @returns {Promise<void>}
   */
  save(_data) {
    throw new Error("A form saves.");
  }

  /** @returns {unknown} */
  renderKind() {
    return nothing;
  }

  renderBody() {
    const { name, topic } = this.initial;
    return html`
      <form class="dialog-body form" @submit=${this.#submit}>
        ${this.problem ? html`<p class="field-error" role="alert">${this.problem}</p>` : nothing}
        ${this.renderKind()}
        <div class="field">
          <label for="channel-name">Name</label>
          <input
            class="input"
            id="channel-name"
            name="name"
            required
            autofocus
            autocomplete="off"
            maxlength=${LIMIT.NAME_MAX_CHARS}
            placeholder="plan-budget"
            .value=${name}
            aria-invalid=${this.fieldProblems.name ? "true" : nothing}
            aria-describedby="channel-name-hint"
            @input=${keepToName}
          />
          <p class="hint" id="channel-name-hint">${this.fieldProblems.name
            ? html`<span class="field-error">${this.fieldProblems.name}</span>`
            : "Short, without spaces."}</p>
        </div>
        <div class="field">
          <label for="channel-topic">Topic <span class="hint">(optional)</span></label>
          <input
            class="input"
            id="channel-topic"
            name="topic"
            autocomplete="off"
            maxlength=${LIMIT.TOPIC_MAX_CHARS}
            placeholder="What is it about?"
            .value=${topic}
          />
          ${this.fieldProblems.topic
            ? html`<p class="field-error">${this.fieldProblems.topic}</p>`
            : nothing}
        </div>
        <p class="dialog-actions">
          <button type="button" class="button" @click=${this.close}>Cancel</button>
          <button class="button" data-tone="primary" ?disabled=${this.isSaving}>${this
            .action}</button>
        </p>
      </form>
    `;
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    event.preventDefault();
    if (this.isSaving) return;
    this.isSaving = true;
    this.problem = "";
    this.fieldProblems = {};
    try {
      await this.save(new FormData(/** @type {HTMLFormElement} */ (event.target)));
      this.close();
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

class CreateDialog extends ChannelDialog {
  get heading() {
    return "Create a channel";
  }

  get action() {
    return this.isSaving ? "Creating…" : "Create";
  }

  renderKind() {
    return html`
      <fieldset class="kinds">
        <legend>Who can find it?</legend>
        <label>
          <input type="radio" name="kind" value="public" checked />
          ${icon(
            "hash",
          )}<span><b>Public</b><span class="hint">Everyone can join and read.</span></span>
        </label>
        <label>
          <input type="radio" name="kind" value="private" />
          ${icon(
            "lock",
          )}<span><b>Private</b><span class="hint">Only people who are added.</span></span>
        </label>
      </fieldset>
    `;
  }

  /** @param {FormData} data */
  async save(data) {
    await this.app.channels.create({
      name: String(data.get("name")),
      kind: String(data.get("kind")),
      topic: String(data.get("topic")).trim(),
    });
  }
}

class EditDialog extends ChannelDialog {
  get heading() {
    return "Edit channel";
  }

  get action() {
    return this.isSaving ? "Saving…" : "Save";
  }

  get initial() {
    const channel = this.app.view.channel.peek();
    return { name: channel?.name ?? "", topic: channel?.topic ?? "" };
  }

  /** @param {FormData} data */
  async save(data) {
    const channelId = this.app.view.openId.peek();
    if (channelId === null) return;
    await this.app.channels.change(channelId, {
      name: String(data.get("name")),
      topic: String(data.get("topic")).trim(),
    });
  }
}

/**
 * Type a name as the server wants it instead of being told off afterwards.
 *
 * @param {InputEvent} event
 */
function keepToName(event) {
  const field = /** @type {HTMLInputElement} */ (event.target);
  const allowed = field.value.replace(/\s+/g, "-").replace(/[#@/\\:]/g, "");
  if (allowed !== field.value) field.value = allowed;
}

customElements.define("parley-create-dialog", CreateDialog);
customElements.define("parley-edit-dialog", EditDialog);
