/**
 * @import { Api } from "../api.js"
 * @import { Message, MentionCreated, OrderedEvent, ThreadEntry } from "../protocol.generated.d.ts"
 * @import { Route } from "../router.js"
 * @import { Store } from "../store/store.js"
 * @import { State } from "../store/state.js"
 */

import { signal } from "@preact/signals-core";
import { playChime } from "../lib/chime.js";
import { t } from "../lib/i18n.js";
import { plainText } from "../lib/text.js";
import { EVENT } from "../protocol.generated.js";
import { channelRoute, threadRoute } from "../router.js";
import { displayName, named } from "../store/selectors.js";
import { decide } from "../store/notifying.js";
import { isReadInState, situationOf } from "../store/situations.js";

/** @typedef {NotificationPermission | "unsupported"} Permission */

/** What was said longer ago is no news, however late it is heard of. */
const FRESH_MS = 120_000;

const BODY_CHARS = 240;

/** Messages whose call by a keyword may still be on its way, and the other way round. */
const REMEMBERED = 100;

/** Tells what is new while nobody looks: one tab does, for all tabs of this person. */
export class Notifier {
  #store;
  #api;
  #go;
  #crowd;
  /** @type {Map<string, { notification: Notification, message: Message }>} by conversation */
  #shown = new Map();
  /** @type {Map<string, Message>} */
  #heard = new Map();
  /** @type {Set<string>} */
  #waitedFor = new Set();
  /** @type {Map<string, boolean>} thread → whether one follows it, as the server said */
  #followed = new Map();

  /**
   * @param {object} parts
   * @param {Store} parts.store
   * @param {Api} parts.api
   * @param {(route: Route) => void} parts.go
   * @param {import("./crowd.js").Crowd} parts.crowd the tabs of this person in this browser
   */
  constructor({ store, api, go, crowd }) {
    this.#store = store;
    this.#api = api;
    this.#go = go;
    this.#crowd = crowd;
    this.permission = signal(permissionNow());
  }

  /** Ask the browser. Only after a click: whoever is asked out of nothing says no, for ever. */
  async ask() {
    if (this.permission.peek() === "unsupported") return;
    this.permission.value = await Notification.requestPermission();
    if (this.permission.value === "granted") this.showTest();
  }

  /** It may have been changed in the browser's own settings. */
  look() {
    this.permission.value = permissionNow();
  }

  showTest() {
    this.#show("test", t("It works"), t("This is how you will be told."), null);
    if (this.#store.state.personal.preferences?.sound) playChime();
  }

  /**
   * Something has happened. Call it after it is in the store.
   *
   * @param {OrderedEvent} event
   */
  heard(event) {
    if (!this.#crowd.isLeader || this.permission.peek() !== "granted") return;
    if (event.type === EVENT.MESSAGE_POSTED) this.#posted(event.message);
    else if (event.type === EVENT.MENTION_CREATED) this.#called(event);
    else if (event.type === EVENT.MESSAGE_DELETED) this.#gone(event.message_id);
  }

  /** Take back what was read meanwhile, wherever that was. */
  clear() {
    const { state } = this.#store;
    for (const [tag, { notification, message }] of this.#shown) {
      if (!isReadInState(state, message)) continue;
      notification.close();
      this.#shown.delete(tag);
    }
  }

  /** @param {Message} message */
  #posted(message) {
    if (Date.now() - Date.parse(message.created_at) > FRESH_MS) return;
    this.#heard.set(message.id, message);
    for (const id of [...this.#heard.keys()].slice(0, -REMEMBERED)) this.#heard.delete(id);
    this.#consider(message, this.#waitedFor.delete(message.id));
  }

  /**
   * A keyword calls one on the own stream alone, before or after the message comes.
   *
   * @param {MentionCreated} event
   */
  #called({ message_id, reason }) {
    if (reason !== "keyword") return;
    const message = this.#heard.get(message_id);
    if (message) this.#consider(message, true);
    else this.#waitedFor.add(message_id);
  }

  /** @param {string} messageId */
  #gone(messageId) {
    for (const [tag, { notification, message }] of this.#shown) {
      if (message.id !== messageId) continue;
      notification.close();
      this.#shown.delete(tag);
    }
  }

  /**
   * @param {Message} message
   * @param {boolean} hasKeyword
   */
  async #consider(message, hasKeyword) {
    const followsThread = await this.#follows(message);
    const { state } = this.#store;
    const situation = situationOf(state, message, { hasKeyword, followsThread, now: new Date() });
    if (!situation || !decide(situation).notifies) return;
    if (isReadInState(state, message) || this.#crowd.isLookingAt(placeOf(message))) return;
    this.#tell(state, message);
  }

  /** @param {Message} message */
  async #follows({ thread_id }) {
    if (thread_id === null) return false;
    const known = this.#store.state.personal.threads[thread_id]?.is_following ??
      this.#followed.get(thread_id);
    if (known !== undefined) return known;
    // Somebody just replied: what one follows is unread now.
    const found = await /** @type {Promise<{ results: ThreadEntry[] }>} */ (
      this.#api.request("GET", "threads?unread=true&limit=50")
    ).catch(() => ({ results: [] }));
    for (const { root } of found.results) this.#followed.set(root.id, true);
    if (!this.#followed.has(thread_id)) this.#followed.set(thread_id, false);
    return this.#followed.get(thread_id) ?? false;
  }

  /**
   * @param {State} state
   * @param {Message} message
   */
  #tell(state, message) {
    const channel = state.channels[message.channel_id];
    const preferences = state.personal.preferences;
    if (!channel || !preferences) return;
    const author = message.sender_name || displayName(state.users, message.author_id);
    const isPair = channel.kind === "dm" && channel.user_ids.length <= 2;
    const place = named(channel, state.users, state.me.id).name;
    const title = isPair
      ? author
      : message.thread_id === null
      ? t("{author} in {place}", { author, place: channel.kind === "dm" ? place : `#${place}` })
      : t("{author} in a thread of {place}", {
        author,
        place: channel.kind === "dm" ? place : `#${place}`,
      });
    const text = plainText(message.text).slice(0, BODY_CHARS);
    const body = preferences.show_text ? text || t("Sent a file") : t("New message");
    const notification = this.#show(placeOf(message), title, body, message);
    if (notification && preferences.sound) playChime();
  }

  /**
   * @param {string} tag one conversation has one notification
   * @param {string} title
   * @param {string} body
   * @param {Message | null} message
   */
  #show(tag, title, body, message) {
    const author = message && this.#store.state.users[message.author_id];
    /** @type {NotificationOptions & { renotify?: boolean }} */
    const options = {
      body,
      tag: `parley-${tag}`,
      renotify: true,
      // The soft sound is ours, and only where it is wanted.
      silent: true,
      ...(author?.avatar && {
        icon: `/api/v1/users/${author.id}/avatar?v=${author.avatar}&size=96`,
      }),
    };
    let notification;
    try {
      notification = new Notification(title, options);
    } catch {
      // Phones want a service worker for it.
      this.permission.value = "unsupported";
      return null;
    }
    notification.onclick = () => {
      focus();
      notification.close();
      if (message) this.#go(routeOf(message));
    };
    notification.onclose = () => {
      if (this.#shown.get(tag)?.notification === notification) this.#shown.delete(tag);
    };
    if (message) this.#shown.set(tag, { notification, message });
    return notification;
  }
}

/** @returns {Permission} */
function permissionNow() {
  if (!("Notification" in globalThis) || !isSecureContext) return "unsupported";
  return Notification.permission;
}

/**
 * @param {Message} message
 * @returns {string} the conversation that it stands in
 */
function placeOf({ channel_id, thread_id, also_to_channel }) {
  return thread_id === null || also_to_channel ? channel_id : `${channel_id}/${thread_id}`;
}

/** @param {Message} message */
function routeOf({ channel_id, thread_id, seq }) {
  return thread_id === null
    ? channelRoute(channel_id, seq)
    : threadRoute(channel_id, thread_id, seq);
}
