/** @import { PreferencesChange } from "../../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { t } from "../../lib/i18n.js";
import { SignalElement } from "../../lib/signal_element.js";
import { radios } from "./fields.js";

/** How the window looks. */
class AppearanceSettings extends SignalElement {
  render() {
    const wanted = this.app.view.preferences.value;
    const change = (/** @type {PreferencesChange} */ one) => this.app.settings.change(one);
    return html`
      ${radios({
        name: "setting-theme",
        legend: t("Theme"),
        chosen: wanted?.theme,
        choices: [
          { value: "system", label: t("Like the system") },
          { value: "light", label: t("Light") },
          { value: "dark", label: t("Dark") },
        ],
        choose: (theme) => change({ theme }),
      })}
      ${radios({
        name: "setting-density",
        legend: t("Density"),
        chosen: wanted?.density,
        choices: [
          { value: "comfortable", label: t("Comfortable") },
          { value: "compact", label: t("Compact"), hint: t("More messages on the screen") },
        ],
        choose: (density) => change({ density }),
      })}
      ${radios({
        name: "setting-clock",
        legend: t("Clock"),
        chosen: wanted?.clock,
        choices: [
          { value: "auto", label: t("As usual in my language") },
          { value: "24", label: "14:02" },
          { value: "12", label: "2:02 PM" },
        ],
        choose: (clock) => change({ clock }),
      })}
      ${radios({
        name: "setting-contrast",
        legend: t("Contrast"),
        chosen: wanted?.contrast,
        choices: [
          { value: "system", label: t("Like the system") },
          { value: "more", label: t("High") },
        ],
        choose: (contrast) => change({ contrast }),
      })}
      ${radios({
        name: "setting-motion",
        legend: t("Motion"),
        chosen: wanted?.motion,
        choices: [
          { value: "system", label: t("Like the system") },
          { value: "reduced", label: t("Reduced"), hint: t("Nothing slides or fades") },
        ],
        choose: (motion) => change({ motion }),
      })}
      ${this.#language(wanted?.locale ?? "")}
    `;
  }

  /** @param {string} chosen */
  #language(chosen) {
    const { languages } = this.app;
    if (languages.length < 2) return nothing;
    return html`
      <div class="field setting">
        <label for="setting-language">${t("Language")}</label>
        <select class="input" id="setting-language" @change=${(/** @type {Event} */ event) =>
          this.app.settings.chooseLanguage(
            /** @type {HTMLSelectElement} */ (event.target).value,
          )}>
          <option value="" ?selected=${chosen === ""}>${t("As the browser says")}</option>
          ${languages.map(({ code, name }) =>
            html`<option value=${code} lang=${code} ?selected=${code === chosen}>${name}</option>`
          )}
        </select>
        <p class="hint">${t("It holds from the next time this page is loaded.")}</p>
      </div>
    `;
  }
}

customElements.define("parley-settings-appearance", AppearanceSettings);
