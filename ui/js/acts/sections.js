/**
 * @import { Api } from "../api.js"
 * @import { Section } from "../protocol.generated.d.ts"
 * @import { Store } from "../store/store.js"
 * @import { UiState } from "../ui_state.js"
 */

import { t } from "../lib/i18n.js";
import { sentence } from "../session/loader.js";
import { withSectionFolded } from "../store/personal.js";

/** One's own headings in the sidebar. What happens to them comes back as an event, on every device. */
export class Sections {
  #store;
  #api;
  #ui;

  /**
   * @param {object} parts
   * @param {Store} parts.store
   * @param {Api} parts.api
   * @param {UiState} parts.ui
   */
  constructor({ store, api, ui }) {
    this.#store = store;
    this.#api = api;
    this.#ui = ui;
  }

  /**
   * @param {string} name
   * @returns {Promise<Section>}
   */
  create(name) {
    return this.#api.request("POST", "sections", { name });
  }

  /**
   * @param {string} sectionId
   * @param {string} name
   */
  async rename(sectionId, name) {
    await this.#api.request("PATCH", `sections/${sectionId}`, { name });
  }

  /** @param {Section} section */
  async fold({ id, is_collapsed }) {
    const set = (/** @type {boolean} */ isCollapsed) =>
      this.#store.update((state) => ({
        ...state,
        personal: withSectionFolded(state.personal, id, isCollapsed),
      }));
    set(!is_collapsed);
    try {
      await this.#api.request("PATCH", `sections/${id}`, { is_collapsed: !is_collapsed });
    } catch (error) {
      set(is_collapsed);
      this.#ui.say(sentence(error));
    }
  }

  /**
   * @param {string} sectionId
   * @param {-1 | 1} step
   */
  async move(sectionId, step) {
    const { sections } = this.#store.state.personal;
    const position = sections.findIndex(({ id }) => id === sectionId) + step;
    if (position < 0 || position >= sections.length) return;
    try {
      await this.#api.request("PATCH", `sections/${sectionId}`, { position });
    } catch (error) {
      this.#ui.say(sentence(error));
    }
  }

  /** @param {Section} section */
  async remove({ id, name }) {
    const isConfirmed = await this.#ui.confirm({
      title: t("Delete the section {name}?", { name }),
      text: t("Its conversations stay. They stand where they stood before."),
      action: t("Delete section"),
    });
    if (!isConfirmed) return;
    try {
      await this.#api.request("DELETE", `sections/${id}`);
    } catch (error) {
      this.#ui.say(sentence(error));
    }
  }
}
