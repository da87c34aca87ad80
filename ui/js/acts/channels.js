/**
 * @import { Api } from "../api.js"
 * @import { ChannelChange, ChannelView, MembershipChange, NewChannel } from "../protocol.generated.d.ts"
 * @import { Router } from "../router.js"
 * @import { Reading } from "../session/reading.js"
 * @import { Store } from "../store/store.js"
 * @import { UiState } from "../ui_state.js"
 */

import { signal } from "@preact/signals-core";
import { t } from "../lib/i18n.js";
import {
  addMember,
  changeChannel,
  changeMembership,
  createChannel,
  openDirect,
  setArchived,
} from "../rest/channels.js";
import { channelRoute, HOME } from "../router.js";
import { sentence } from "../session/loader.js";
import { withChannelGone, withMembership } from "../store/events.js";
import { withChannel } from "../store/snapshots.js";

const JOINABLE_FRESH_MS = 60_000;

/** What one does with channels and direct conversations as a whole. */
export class Channels {
  #store;
  #api;
  #ui;
  #router;
  #reading;
  #joinableUntil = 0;
  /** @type {import("@preact/signals-core").Signal<ChannelView[]>} */
  joinable = signal([]);

  /**
   * @param {object} parts
   * @param {Store} parts.store
   * @param {Api} parts.api
   * @param {UiState} parts.ui
   * @param {Router} parts.router
   * @param {Reading} parts.reading
   */
  constructor({ store, api, ui, router, reading }) {
    this.#store = store;
    this.#api = api;
    this.#ui = ui;
    this.#router = router;
    this.#reading = reading;
  }

  /**
   * Keep the public channels that one is not in at hand, so that they are found at once.
   */
  async loadJoinable() {
    if (Date.now() < this.#joinableUntil) return;
    this.#joinableUntil = Date.now() + JOINABLE_FRESH_MS;
    try {
      this.joinable.value = await this.#api.joinableChannels();
    } catch {
      this.#joinableUntil = 0;
    }
  }

  /** @param {string} channelId */
  async join(channelId) {
    await this.#api.joinChannel(channelId);
    await this.#reread(channelId);
  }

  /**
   * @param {NewChannel} fields
   * @returns {Promise<ChannelView>}
   */
  async create(fields) {
    const channel = await createChannel(this.#api, fields);
    await this.#reread(channel.id);
    this.#router.push(channelRoute(channel.id));
    return channel;
  }

  /**
   * @param {string} channelId
   * @param {ChannelChange} fields
   */
  async change(channelId, fields) {
    await changeChannel(this.#api, channelId, fields);
  }

  /**
   * Open the conversation with these people; with nobody: the notes to oneself.
   *
   * @param {string[]} userIds
   */
  async openDirect(userIds) {
    const channel = await openDirect(this.#api, userIds);
    this.#store.update((state) => withChannel(state, channel));
    if (channel.membership?.is_hidden) await this.setMembership(channel.id, { is_hidden: false });
    this.#router.push(channelRoute(channel.id));
  }

  /**
   * @param {string} channelId
   * @param {string[]} userIds
   */
  async addPeople(channelId, userIds) {
    for (const userId of userIds) await addMember(this.#api, channelId, userId);
  }

  /**
   * Change what a channel is to me, or say why not.
   *
   * @param {string} channelId
   * @param {MembershipChange} fields
   */
  async setMembership(channelId, fields) {
    try {
      const membership = await changeMembership(this.#api, channelId, fields);
      this.#store.update((state) => withMembership(state, channelId, membership));
    } catch (error) {
      this.#ui.say(sentence(error));
    }
  }

  /** @param {string} channelId */
  markRead(channelId) {
    const seq = this.#store.state.cursors[`c:${channelId}`];
    if (seq !== undefined) this.#reading.markRead(channelId, seq);
  }

  /** All channels and all threads. */
  async markAllRead() {
    try {
      await this.#api.request("POST", "read-all", {});
      this.#ui.say(t("Everything is marked as read."));
    } catch (error) {
      this.#ui.say(sentence(error));
    }
  }

  /** @param {string} channelId */
  async copyLink(channelId) {
    const link = `${location.origin}/channels/${channelId}`;
    try {
      await navigator.clipboard.writeText(link);
      this.#ui.say(t("Link copied."));
    } catch {
      // Only pages with HTTPS may write to the clipboard.
      this.#ui.say(link);
    }
  }

  /**
   * Take a direct conversation out of the list, until something is said there.
   *
   * @param {string} channelId
   */
  async close(channelId) {
    if (this.#router.route.peek().channelId === channelId) this.#router.replace(HOME);
    await this.setMembership(channelId, { is_hidden: true });
  }

  /** @param {ChannelView} channel */
  async setArchived(channel) {
    const isArchived = channel.archived_at === null;
    const isConfirmed = !isArchived || await this.#ui.confirm({
      title: t("Archive {name}?", { name: channel.name }),
      text: t("Nothing new is written there. What was said can still be read and found."),
      action: t("Archive channel"),
    });
    if (!isConfirmed) return;
    try {
      await setArchived(this.#api, channel.id, isArchived);
    } catch (error) {
      this.#ui.say(sentence(error));
    }
  }

  /** @param {ChannelView} channel */
  async leave(channel) {
    const isConfirmed = await this.#ui.confirm({
      title: t("Leave {name}?", { name: channel.name }),
      text: channel.kind === "private"
        ? t("It is private: somebody in it has to add you before you can come back.")
        : t("You can join again at any time."),
      action: t("Leave"),
    });
    if (!isConfirmed) return;
    try {
      await this.#api.leaveChannel(channel.id);
    } catch (error) {
      this.#ui.say(
        t("You did not leave {name}. {reason}", { name: channel.name, reason: sentence(error) }),
      );
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
