/**
 * @import { Api } from "../api.js"
 * @import { Message } from "../protocol.generated.d.ts"
 * @import { Reading } from "../session/reading.js"
 * @import { Store } from "../store/store.js"
 * @import { UiState } from "../ui_state.js"
 */

import { t } from "../lib/i18n.js";
import { sentence } from "../session/loader.js";
import { channelStream } from "../store/state.js";

/** What one does with what has come in: calling it read, or unread again, and keeping it no longer. */
export class Inbox {
  #api;
  #store;
  #ui;
  #reading;

  /**
   * @param {object} parts
   * @param {Api} parts.api
   * @param {Store} parts.store
   * @param {UiState} parts.ui
   * @param {Reading} parts.reading
   */
  constructor({ api, store, ui, reading }) {
    this.#api = api;
    this.#store = store;
    this.#ui = ui;
    this.#reading = reading;
  }

  /** @param {string} channelId */
  markRead(channelId) {
    const seq = this.#store.state.cursors[channelStream(channelId)];
    if (seq !== undefined) this.#reading.markRead(channelId, seq);
  }

  /**
   * Have everything from there on be unread again.
   *
   * @param {string} channelId
   * @param {number} seq
   */
  async markUnread(channelId, seq) {
    try {
      await this.#api.request("POST", `channels/${channelId}/unread`, { seq });
    } catch (error) {
      this.#ui.say(t("It stays read. {reason}", { reason: sentence(error) }));
    }
  }

  /** @param {Message} message */
  async unsave({ id }) {
    try {
      await this.#api.request("DELETE", `messages/${id}/saved`);
    } catch (error) {
      this.#ui.say(t("It is still saved. {reason}", { reason: sentence(error) }));
    }
  }

  /** @param {Message} message */
  async unpin({ id }) {
    try {
      await this.#api.request("DELETE", `messages/${id}/pin`);
    } catch (error) {
      this.#ui.say(t("It is still pinned. {reason}", { reason: sentence(error) }));
    }
  }
}
