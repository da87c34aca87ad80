/**
 * @import { Api } from "../api.js"
 * @import { OwnUser, PreferencesChange, ProfileChange } from "../protocol.generated.d.ts"
 * @import { Connection } from "../socket.js"
 * @import { Store } from "../store/store.js"
 * @import { UiState } from "../ui_state.js"
 * @import { People } from "./people.js"
 */

import { signal } from "@preact/signals-core";
import { t } from "../lib/i18n.js";
import { COMMAND } from "../protocol.generated.js";
import { changePreferences } from "../rest/settings.js";
import { sentence } from "../session/loader.js";

const ANSWER_MS = 10_000;

/** How long "Saved" stands there. */
const SAVED_MS = 2_000;

/** How one wants it. Whatever is chosen holds at once, here and on all other devices. */
export class Settings {
  #store;
  #api;
  #ui;
  #people;
  #connection;
  /** One after another, so that the last choice is the one that stays. */
  #queue = Promise.resolve();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #savedTimer;

  /**
   * @param {object} parts
   * @param {Store} parts.store
   * @param {Api} parts.api
   * @param {UiState} parts.ui
   * @param {People} parts.people
   * @param {Connection} parts.connection
   */
  constructor({ store, api, ui, people, connection }) {
    this.#store = store;
    this.#api = api;
    this.#ui = ui;
    this.#people = people;
    this.#connection = connection;
    this.isSaved = signal(false);
  }

  /**
   * Shown at once; taken back when the server does not take it.
   *
   * @param {PreferencesChange} change
   * @returns {Promise<boolean>} whether it was taken
   */
  change(change) {
    this.#show(change);
    const done = this.#queue.then(() => this.#save(change));
    this.#queue = done.then(() => {});
    return done;
  }

  /**
   * @param {ProfileChange} change
   * @throws what the server says about it
   */
  async changeProfile(change) {
    await this.#people.changeMe(change);
    this.saved();
  }

  /**
   * The language of the page, and of the mail that one gets.
   *
   * @param {string} locale empty: what the browser says
   */
  async chooseLanguage(locale) {
    if (!await this.change({ locale })) return;
    await this.#people.changeMe({ locale }).catch(() => {});
  }

  /** @param {OwnUser["presence_choice"]} state */
  async choosePresence(state) {
    const before = this.#store.state.me.presence_choice;
    const look = (/** @type {typeof state} */ presence_choice) =>
      this.#store.update((known) => ({ ...known, me: { ...known.me, presence_choice } }));
    look(state);
    try {
      await this.#connection.send({ type: COMMAND.PRESENCE_SET, state }, { timeoutMs: ANSWER_MS });
    } catch (error) {
      look(before);
      this.#ui.say(t("Your presence was not changed. {why}", { why: sentence(error) }));
    }
  }

  /** @param {PreferencesChange} change */
  async #save(change) {
    const before = this.#store.state.personal.preferences;
    try {
      const preferences = await changePreferences(this.#api, change);
      // What was chosen meanwhile is on its way and stays.
      if (before === this.#store.state.personal.preferences) {
        this.#store.update((state) => ({
          ...state,
          personal: { ...state.personal, preferences },
        }));
      }
      this.saved();
      return true;
    } catch (error) {
      this.#ui.say(t("Not saved. {why}", { why: sentence(error) }));
      const current = await this.#api.request("GET", "preferences").catch(() => null);
      if (current) this.#show(current);
      return false;
    }
  }

  /** @param {PreferencesChange} change */
  #show(change) {
    this.#store.update((state) => {
      const { preferences } = state.personal;
      if (!preferences) return state;
      return {
        ...state,
        personal: { ...state.personal, preferences: { ...preferences, ...change } },
      };
    });
  }

  /** Say for a moment that it is kept. */
  saved() {
    this.isSaved.value = true;
    clearTimeout(this.#savedTimer);
    this.#savedTimer = setTimeout(() => this.isSaved.value = false, SAVED_MS);
  }
}
