/**
 * @import { Api } from "../api.js"
 * @import { Clock } from "../lib/clock.js"
 * @import { UserGroup } from "../rest/directory.js"
 * @import { Store } from "../store/store.js"
 */

import { signal } from "@preact/signals-core";
import { readBroadMentions, readGroups } from "../rest/directory.js";

/**
 * @template Value
 * @typedef {import("@preact/signals-core").Signal<Value>} Signal
 */

/** @typedef {"groups" | "broadMentions"} Part */

/** What nobody tells about is read again after this time, when it is needed. */
const FRESH_MS = 5 * 60_000;

/** In a larger channel nobody is said not to be in it. */
const MEMBERS_MAX = 2_000;

/** What one can call besides people and channels. Read when it is first needed. */
export class Directory {
  /** @type {Signal<UserGroup[]>} */
  groups = signal([]);
  /** @type {Signal<string | null>} who may call everyone; null: not known yet */
  broadMentions = signal(null);
  /** @type {Signal<Record<string, ReadonlySet<string>>>} channel → all who are in it, where known */
  members = signal({});

  #api;
  #store;
  #clock;
  /** @type {Map<string, { at: number, reading: Promise<void> }>} */
  #asked = new Map();

  /**
   * @param {object} parts
   * @param {Api} parts.api
   * @param {Store} parts.store
   * @param {Clock} parts.clock
   */
  constructor({ api, store, clock }) {
    this.#api = api;
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * @param {Part[]} parts
   * @returns {Promise<unknown>} when all of them have been read
   */
  need(...parts) {
    return Promise.all(parts.map((part) => this.#once(part, () => this.#read(part))));
  }

  /** @param {string} channelId */
  needMembers(channelId) {
    const channel = this.#store.state.channels[channelId];
    if (!channel || channel.member_count > MEMBERS_MAX) return;
    this.#once(`members ${channelId} ${channel.member_count}`, async () => {
      /** @type {{ user_id: string }[]} */
      const rows = await this.#api.all(`channels/${channelId}/members`);
      const ids = new Set(rows.map(({ user_id }) => user_id));
      this.members.value = { ...this.members.value, [channelId]: ids };
    });
  }

  /** @param {Part} part */
  async #read(part) {
    switch (part) {
      case "groups":
        this.groups.value = await readGroups(this.#api);
        return;
      case "broadMentions":
        this.broadMentions.value = await readBroadMentions(this.#api);
    }
  }

  /**
   * @param {string} name
   * @param {() => Promise<void>} read
   */
  #once(name, read) {
    const asked = this.#asked.get(name);
    if (asked && this.#clock.now() - asked.at < FRESH_MS) return asked.reading;
    // What is known already is offered when it fails; the next need asks again.
    const reading = read().catch(() => void this.#asked.delete(name));
    this.#asked.set(name, { at: this.#clock.now(), reading });
    return reading;
  }
}
