/** @import { CustomEmoji } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { LIMIT } from "../protocol.generated.js";
import { addEmoji, customEmoji, deleteEmoji } from "../rest/workspace.js";
import { displayName, isWorkspaceAdmin } from "../store/selectors.js";
import { icon } from "./icon.js";
import { ManageElement } from "./manage_element.js";

/** The workspace's own emoji: adding one with a look at it first, and taking one away. */
class WorkspaceEmoji extends ManageElement {
  static properties = {
    ...ManageElement.properties,
    rows: { state: true },
    picture: { state: true },
    name: { state: true },
  };

  constructor() {
    super();
    /** @type {CustomEmoji[] | null} */
    this.rows = null;
    /** @type {File | null} */
    this.picture = null;
    this.pictureUrl = "";
    this.name = "";
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    URL.revokeObjectURL(this.pictureUrl);
  }

  async load() {
    this.rows = await customEmoji(this.app.api);
  }

  render() {
    const isGuest = this.app.view.me.value.role === "guest";
    return html`
      ${isGuest ? nothing : this.#form()} ${this.renderProblem()}
      ${this.rows?.length === 0
        ? html`<p class="hint">${
          t("There are none yet. A picture and a name make one: in texts it is written :name:.")
        }</p>`
        : html`<ul class="emoji-list">${(this.rows ?? []).map((row) => this.#line(row))}</ul>`}
    `;
  }

  #form() {
    return html`
      <form class="emoji-form" @submit=${this.#submit}>
        <label class="emoji-pick" title=${t("Choose a picture")}>
          <input
            type="file"
            class="vh"
            accept="image/*"
            aria-label=${t("Picture")}
            @change=${this.#onFile}
          />
          ${this.picture ? html`<img src=${this.pictureUrl} alt="" />` : icon("smile-plus")}
        </label>
        <div class="field">
          <label for="emoji-name">${t("Name")}</label>
          <input
            class="input"
            id="emoji-name"
            required
            pattern="[a-z0-9_+\\-]{2,40}"
            maxlength=${LIMIT.EMOJI_NAME_MAX_CHARS}
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            placeholder="party-gull"
            .value=${this.name}
            @input=${this.#onName}
          />
        </div>
        <button
          class="button"
          data-tone="primary"
          ?disabled=${this.isBusy || !this.picture || this.name.length < 2}
        >${this.isBusy && this.picture ? t("Adding…") : t("Add emoji")}</button>
        <p class="hint">${this.picture
          ? html`
            ${t("So it looks:")} <span
              class="emoji-sample">${t("Good morning")} <img src=${this.pictureUrl} alt=":${this
                .name}:" /></span>
          `
          : t("A square picture of at most {size} kB.", {
            size: Math.floor(LIMIT.EMOJI_MAX_BYTES / 1024),
          })}</p>
      </form>
    `;
  }

  /** @param {CustomEmoji} row */
  #line({ name, version, created_by_id }) {
    const { me, users } = this.app.view;
    const canRemove = created_by_id === me.value.id || isWorkspaceAdmin({ me: me.value });
    const by = created_by_id
      ? t("by {name}", { name: displayName(users.value, created_by_id) })
      : "";
    return html`
      <li class="emoji-line">
        <img src="/api/v1/emoji/${name}/image?v=${version}" alt="" loading="lazy" />
        <span class="manage-names"><span>:${name}:</span><span class="hint">${by}</span></span>
        ${canRemove
          ? html`
            <button
              type="button"
              class="icon-button"
              data-tone="danger"
              aria-label=${t("Remove :{name}:", { name })}
              @click=${() => this.#remove(name)}
            >${icon("trash-2")}</button>
          `
          : nothing}
      </li>
    `;
  }

  /** @param {Event} event */
  #onFile(event) {
    const file = /** @type {HTMLInputElement} */ (event.target).files?.[0];
    if (!file) return;
    URL.revokeObjectURL(this.pictureUrl);
    this.pictureUrl = URL.createObjectURL(file);
    this.picture = file;
    this.problem = file.size > LIMIT.EMOJI_MAX_BYTES
      ? t("This picture is too large: at most {size} kB.", {
        size: Math.floor(LIMIT.EMOJI_MAX_BYTES / 1024),
      })
      : "";
    if (!this.name) this.name = asName(file.name.replace(/\.[^.]*$/, ""));
  }

  /** @param {InputEvent} event */
  #onName(event) {
    const field = /** @type {HTMLInputElement} */ (event.target);
    this.name = asName(field.value);
    field.value = this.name;
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    const { picture, name } = this;
    if (!picture) return;
    this.attempt(async () => {
      await addEmoji(this.app.api, name, picture);
      this.picture = null;
      this.name = "";
      await this.load();
    });
  }

  /** @param {string} name */
  async #remove(name) {
    const isConfirmed = await this.app.ui.confirm({
      title: t("Remove :{name}:?", { name }),
      text: t("Where it was used, its name stands instead."),
      action: t("Remove"),
    });
    if (!isConfirmed) return;
    this.attempt(async () => {
      await deleteEmoji(this.app.api, name);
      await this.load();
    });
  }
}

/** @param {string} text */
function asName(text) {
  return text.toLowerCase().replace(/\s+/g, "-").replace(/[^a-z0-9_+-]/g, "");
}

customElements.define("parley-workspace-emoji", WorkspaceEmoji);
