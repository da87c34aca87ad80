/**
 * @import { Api } from "../api.js"
 * @import { Profile, ProfileChange, User, UserChange } from "../protocol.generated.d.ts"
 * @import { Router } from "../router.js"
 * @import { Store } from "../store/store.js"
 * @import { Panel, UiState } from "../ui_state.js"
 */

import { t } from "../lib/i18n.js";
import {
  changeMe,
  changePicture,
  changeUser,
  openDirect,
  presenceOf,
  profile,
  removePicture,
} from "../rest/people.js";
import { LIMIT } from "../protocol.generated.js";
import { channelRoute } from "../router.js";
import { sentence } from "../session/loader.js";
import { withMe, withPresence, withUser } from "../store/ephemeral.js";
import { withChannel } from "../store/snapshots.js";

/** What one does with people, oneself among them. */
export class People {
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

  /**
   * Open somebody's card, or close it when it is what is open.
   *
   * @param {string} userId
   * @param {Panel} [back] what it was opened from
   */
  show(userId, back) {
    this.#ui.togglePanel({ kind: "person", userId, ...(back && { back }) });
  }

  /**
   * @param {string} userId
   * @returns {Promise<Profile>}
   */
  async profile(userId) {
    const found = await profile(this.#api, userId);
    const user = userOf(found);
    // What is known already is no news: whoever looks at it would ask for the profile again.
    if (JSON.stringify(this.#store.state.users[userId]) !== JSON.stringify(user)) {
      this.#store.update((state) => withUser(state, user));
    }
    return found;
  }

  /**
   * How people are whom nobody watches. It is as old as the answer.
   *
   * @param {string[]} userIds
   */
  async lookUpPresence(userIds) {
    try {
      for (let start = 0; start < userIds.length; start += LIMIT.WATCH_MAX_USERS) {
        const some = userIds.slice(start, start + LIMIT.WATCH_MAX_USERS);
        const { users } = await presenceOf(this.#api, some);
        this.#store.update((state) => withPresence(state, users));
      }
    } catch {
      // They stay unknown, or as they were.
    }
  }

  /**
   * Go to the conversation with somebody.
   *
   * @param {User} user
   */
  async message(user) {
    try {
      const isMe = user.id === this.#store.state.me.id;
      const channel = await openDirect(this.#api, isMe ? [] : [user.id]);
      this.#store.update((state) => withChannel(state, channel));
      if (!this.#ui.isWide.peek()) this.#ui.panel.value = null;
      this.#router.push(channelRoute(channel.id));
      this.#ui.composerWishes.value += 1;
    } catch (error) {
      this.#ui.say(t("The conversation could not be opened. {why}", { why: sentence(error) }));
    }
  }

  /** @param {User} user */
  async copyName({ username }) {
    try {
      await navigator.clipboard.writeText(`@${username}`);
      this.#ui.say(t("Copied @{name}.", { name: username }));
    } catch {
      // Only pages with HTTPS may write to the clipboard.
      this.#ui.say(`@${username}`);
    }
  }

  /**
   * Give somebody another role, or take away or give back their access.
   *
   * @param {User} user
   * @param {UserChange} change
   * @returns {Promise<Profile>}
   */
  async change(user, change) {
    const changed = await changeUser(this.#api, user.id, change);
    this.#store.update((state) => withUser(state, userOf(changed)));
    return changed;
  }

  /**
   * @param {User} user
   * @returns {Promise<boolean>} whether they want it
   */
  confirmDeactivation({ display_name }) {
    return this.#ui.confirm({
      title: t("Deactivate {name}?", { name: display_name }),
      text: t(
        "They are signed out everywhere at once and cannot come back until they are let in again. What they wrote stays.",
      ),
      action: t("Deactivate"),
    });
  }

  /** @param {ProfileChange} change of oneself */
  async changeMe(change) {
    const me = await changeMe(this.#api, change);
    this.#store.update((state) => withMe(state, me));
  }

  /** @param {Blob} picture of oneself */
  async changePicture(picture) {
    const me = await changePicture(this.#api, picture);
    this.#store.update((state) => withMe(state, me));
  }

  async removePicture() {
    const me = await removePicture(this.#api);
    this.#store.update((state) => withMe(state, me));
  }
}

/**
 * @param {Profile} found
 * @returns {User} what everybody's list of people has of them
 */
function userOf({ about: _about, pronouns: _pronouns, ...user }) {
  return user;
}
