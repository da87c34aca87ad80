/**
 * @import { Api } from "../api.js"
 * @import { ChannelView } from "../protocol.generated.d.ts"
 * @import { Router } from "../router.js"
 * @import { Store } from "../store/store.js"
 * @import { UiState } from "../ui_state.js"
 */

import { channelRoute, HOME } from "../router.js";
import { sentence } from "../session/loader.js";
import { withChannelGone } from "../store/events.js";
import { withChannel } from "../store/snapshots.js";

/** Making, joining, changing and leaving channels. */
export class Channels {
  #store;
  #api;
  #ui;
  #router;

  /**
   * @param {object} parts
   * @param {Store} parts.store
   * @param {Api} parts.api
   * @param {UiState} parts.ui
   * @param {Router} parts.router
   */
  constructor({ store, api, ui, router }) {
    this.#store = store;
    this.#api = api;
    this.#ui = ui;
    this.#router = router;
  }

  /** @returns {Promise<ChannelView[]>} */
  joinable() {
    return this.#api.joinableChannels();
  }

  /** @param {string} channelId */
  async join(channelId) {
    await this.#api.joinChannel(channelId);
    await this.#reread(channelId);
  }

  /** @param {{ name: string, kind: string, topic: string }} fields */
  async create(fields) {
    const channel = await this.#api.createChannel(fields);
    await this.#reread(channel.id);
    this.#router.push(channelRoute(channel.id));
  }

  /**
   * @param {string} channelId
   * @param {{ name?: string, topic?: string }} fields
   */
  async change(channelId, fields) {
    await this.#api.changeChannel(channelId, fields);
  }

  /** @param {ChannelView} channel */
  async leave(channel) {
    const isConfirmed = await this.#ui.confirm({
      title: `Leave ${channel.name}?`,
      text: channel.kind === "private"
        ? "It is private: somebody in it has to add you before you can come back."
        : "You can join again at any time.",
      action: "Leave",
    });
    if (!isConfirmed) return;
    try {
      await this.#api.leaveChannel(channel.id);
    } catch (error) {
      this.#ui.say(`You did not leave ${channel.name}. ${sentence(error)}`);
      return;
    }
    const isOpen = this.#router.route.peek().channelId === channel.id;
    if (isOpen) this.#router.replace(HOME);
    this.#store.update((state) => withChannelGone(state, channel.id));
  }

  /** @param {string} channelId */
  async #reread(channelId) {
    const channel = await this.#api.channel(channelId);
    this.#store.update((state) => withChannel(state, channel));
  }
}
