/** @import { OwnUser, ProfileChange } from "../../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { RequestFailed } from "../../api.js";
import { t } from "../../lib/i18n.js";
import { SignalElement } from "../../lib/signal_element.js";
import { zoneSentence } from "../../lib/time.js";
import { allZones, isKnownZone, zoneHere } from "../../lib/zones.js";
import { LIMIT } from "../../protocol.generated.js";
import { sentence } from "../../session/loader.js";
import "./picture.js";

/**
 * @typedef {object} ProfileField
 * @property {"display_name" | "username" | "title" | "pronouns" | "about"} name
 * @property {string} label
 * @property {string} [hint]
 * @property {number} max
 * @property {string} [autocomplete]
 * @property {boolean} [isLong]
 * @property {boolean} [isNeeded]
 */

/** @returns {ProfileField[]} */
const fields = () => [
  {
    name: "display_name",
    label: t("Name"),
    max: LIMIT.NAME_MAX_CHARS,
    autocomplete: "name",
    isNeeded: true,
  },
  {
    name: "username",
    label: t("Username"),
    hint: t("Others mention you with it: @username."),
    max: LIMIT.USERNAME_MAX_CHARS,
    autocomplete: "username",
    isNeeded: true,
  },
  { name: "title", label: t("Title"), hint: t("What you do here."), max: LIMIT.NAME_MAX_CHARS },
  { name: "pronouns", label: t("Pronouns"), max: LIMIT.PRONOUNS_MAX_CHARS },
  { name: "about", label: t("About"), max: LIMIT.ABOUT_MAX_CHARS, isLong: true },
];

/** What one says about oneself. Each field is saved when it is left. */
class ProfileSettings extends SignalElement {
  static properties = { problems: { state: true } };

  constructor() {
    super();
    /** @type {Record<string, string>} */
    this.problems = {};
  }

  render() {
    const me = this.app.view.me.value;
    return html`
      <parley-settings-picture .app=${this.app}></parley-settings-picture>
      <div class="form">
        ${fields().map((field) => this.#field(field, me))}
        ${this.#zone(me)}
      </div>
    `;
  }

  /**
   * @param {ProfileField} field
   * @param {OwnUser} me
   */
  #field({ name, label, hint, max, autocomplete, isLong, isNeeded }, me) {
    const id = `profile-${name}`;
    const problem = this.problems[name];
    const save = (/** @type {Event} */ event) =>
      this.#save({ [name]: /** @type {HTMLInputElement} */ (event.target).value }, name);
    return html`
      <div class="field">
        <label for=${id}>${label}</label>
        ${isLong
          ? html`
            <textarea
              class="input"
              id=${id}
              rows="4"
              maxlength=${max}
              aria-invalid=${problem ? "true" : nothing}
              aria-describedby="${id}-hint"
              .value=${me[name]}
              @change=${save}
            ></textarea>
          `
          : html`
            <input
              class="input"
              id=${id}
              maxlength=${max}
              autocomplete=${autocomplete ?? "off"}
              ?required=${isNeeded}
              aria-invalid=${problem ? "true" : nothing}
              aria-describedby="${id}-hint"
              .value=${me[name]}
              @change=${save}
            />
          `}
        <p class="hint" id="${id}-hint">${problem
          ? html`<span class="field-error" role="alert">${problem}</span>`
          : hint}</p>
      </div>
    `;
  }

  /** @param {OwnUser} me */
  #zone({ time_zone }) {
    const here = zoneHere();
    const now = this.app.ui.minute.value;
    const zones = allZones();
    const problem = this.problems.time_zone;
    return html`
      <div class="field">
        <label for="profile-zone">${t("Time zone")}</label>
        <select
          class="input"
          id="profile-zone"
          aria-invalid=${problem ? "true" : nothing}
          aria-describedby="profile-zone-hint"
          @change=${(/** @type {Event} */ event) =>
            this.#save({
              time_zone: /** @type {HTMLSelectElement} */ (event.target).value,
            }, "time_zone")}
        >
          <option value="" ?selected=${time_zone === ""}>${t("Not said")}</option>
          ${time_zone !== "" && !zones.includes(time_zone)
            ? html`<option value=${time_zone} selected>${time_zone}</option>`
            : nothing}
          ${zones.map((zone) =>
            html`<option value=${zone} ?selected=${zone === time_zone}>${
              zone.replaceAll("_", " ")
            }</option>`
          )}
        </select>
        <p class="hint" id="profile-zone-hint">
          ${problem
            ? html`<span class="field-error" role="alert">${problem}</span>`
            : isKnownZone(time_zone)
            ? zoneSentence(time_zone, time_zone, now)
            : t("Others see what time it is where you are.")}
          ${time_zone === here ? nothing : html`
            <button
              type="button"
              class="link-button"
              @click=${() => this.#save({ time_zone: here }, "time_zone")}
            >${t("Use {zone}, where this browser is", { zone: here.replaceAll("_", " ") })}</button>
          `}
        </p>
      </div>
    `;
  }

  /**
   * @param {ProfileChange} change
   * @param {string} field
   */
  async #save(change, field) {
    try {
      await this.app.settings.changeProfile(change);
      this.problems = { ...this.problems, [field]: "" };
    } catch (error) {
      const told = error instanceof RequestFailed ? error.fields[field] : undefined;
      this.problems = { ...this.problems, [field]: told ?? sentence(error) };
    }
  }
}

customElements.define("parley-settings-profile", ProfileSettings);
