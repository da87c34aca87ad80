/**
 * Puts the parts together, and holds what a person can do.
 *
 * @import { ChannelView } from "./protocol.generated.d.ts"
 * @import { Route } from "./router.js"
 * @import { SocketLike } from "./socket.js"
 * @import { Attention, Bootstrap } from "./store/state.js"
 */

import { effect, untracked } from "@preact/signals-core";
import { Api } from "./api.js";
import { systemClock } from "./lib/clock.js";
import { Shelf } from "./lib/storage.js";
import { CLOSE, COMMAND } from "./protocol.generated.js";
import { Router } from "./router.js";
import { Delivery } from "./session/delivery.js";
import { Loader, sentence } from "./session/loader.js";
import { PresenceWatch } from "./session/presence_watch.js";
import { Reading } from "./session/reading.js";
import { Session } from "./session/session.js";
import { TypingNotice } from "./session/typing_notice.js";
import { withChannelGone } from "./store/events.js";
import { tabTitle } from "./store/selectors.js";
import { withChannel } from "./store/snapshots.js";
import { initialState } from "./store/state.js";
import { Store } from "./store/store.js";
import { PAGE_MESSAGES } from "./store/timeline.js";
import { unreadTotals } from "./store/unread.js";
import { createView } from "./store/view.js";
import { UiState } from "./ui_state.js";

const ANSWER_MS = 10_000;
const DRAFT_SAVE_MS = 500;

/** The newest authors whose presence stands beside their messages. */
const WATCHED_MESSAGES = 100;

export class App {
  #lastChannel;
  #drafts;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #draftTimer;

  /** @param {Bootstrap} bootstrap */
  constructor(bootstrap) {
    const clock = systemClock;
    const owner = bootstrap.user.id;
    this.csrfToken = bootstrap.csrf_token;
    this.store = new Store(initialState(bootstrap));
    this.view = createView(this.store);
    this.ui = new UiState();
    this.api = new Api({
      fetch: (input, init) => fetch(input, init),
      csrfToken: bootstrap.csrf_token,
      onSignedOut: signIn,
    });
    this.session = new Session({
      store: this.store,
      api: this.api,
      clock,
      open: openSocket,
      onOpen: () => this.#connected(),
    });
    const { store } = this;
    const { connection } = this.session;
    this.connection = connection;
    this.loader = new Loader(this.api, store);
    this.delivery = new Delivery({
      store,
      connection,
      clock,
      shelf: new Shelf(`parley.outbox.${owner}.`),
    });
    this.reading = new Reading({ store, connection, clock });
    this.presenceWatch = new PresenceWatch({ store, connection, clock });
    this.typingNotice = new TypingNotice({ connection, clock });
    this.#lastChannel = new Shelf(`parley.last-channel.${owner}`);
    this.#drafts = new Shelf(`parley.draft.${owner}.`);
    this.router = new Router((route) => this.#show(route));
  }

  start() {
    this.store.update((state) => ({
      ...state,
      drafts: Object.fromEntries(this.#drafts.entries()),
    }));
    this.delivery.restore();
    this.#watchAttention();
    this.#runEffects();
    this.connection.start();
    this.#show(this.router.route.peek());
  }

  // ── Places ────────────────────────────────────────────────────────────────────────────────

  /** @param {string} channelId */
  open(channelId) {
    this.router.push({ channelId, seq: null });
  }

  /** @param {Route} route */
  async #show({ channelId, seq }) {
    this.ui.editingId.value = null;
    this.ui.placeProblem.value = "";
    if (channelId === null) {
      this.store.update((state) => ({ ...state, place: null }));
      if (this.ui.isWide.peek()) this.#openSome();
      return;
    }
    const problem = await this.#reach(channelId);
    if (this.router.route.peek().channelId !== channelId) return;
    if (problem) {
      this.store.update((state) => ({ ...state, place: null }));
      this.ui.placeProblem.value = problem;
      return;
    }
    this.#lastChannel.set("", channelId);
    const count = this.store.state.unread[channelId];
    const dividerAfter = unreadTotals(count).messages > 0 ? count?.readSeq ?? null : null;
    const isReturn = this.store.state.place?.channelId === channelId;
    this.store.update((state) => ({
      ...state,
      place: {
        channelId,
        targetSeq: seq,
        dividerAfter: isReturn ? state.place?.dividerAfter ?? dividerAfter : dividerAfter,
      },
      attention: isReturn ? state.attention : { ...state.attention, isAtBottom: false },
    }));
    this.#openTimeline(channelId, seq);
  }

  /**
   * @param {string} channelId
   * @returns {Promise<import("./ui_state.js").PlaceProblem>}
   */
  async #reach(channelId) {
    try {
      return await this.loader.channel(channelId) ? "" : "missing";
    } catch {
      return "unreachable";
    }
  }

  /** Try again to open what the address says. */
  reopen() {
    this.#show(this.router.route.peek());
  }

  /** On a wide screen an empty pane teaches nothing: open what was open last. */
  #openSome() {
    const lines = this.view.lines.peek();
    const last = this.#lastChannel.get("");
    const line = lines.find(({ channel }) => channel.id === last) ?? lines[0];
    if (line) this.router.replace({ channelId: line.channel.id, seq: null });
  }

  /**
   * Land on what was asked for, else on the first unread message, else at the end.
   *
   * @param {string} channelId
   * @param {number | null} targetSeq
   */
  #openTimeline(channelId, targetSeq) {
    const { timelines, unread } = this.store.state;
    const timeline = timelines[channelId];
    if (timeline && !timeline.isLoaded && timeline.error === null) return;
    const count = unread[channelId];
    const unreadMessages = unreadTotals(count).messages;
    const readSeq = count?.readSeq ?? 0;
    if (targetSeq !== null) {
      const isThere = timeline?.messages.some((message) => message.seq === targetSeq);
      if (!isThere) this.loader.timeline(channelId, targetSeq);
    } else if (timeline?.isLoaded) {
      const reachesRead = !timeline.hasOlder ||
        timeline.messages.some((message) => message.seq <= readSeq);
      if (unreadMessages > 0 && !reachesRead) this.loader.timeline(channelId, readSeq);
    } else {
      const isFarBack = unreadMessages > PAGE_MESSAGES - 5 && readSeq > 0;
      this.loader.timeline(channelId, isFarBack ? readSeq : null);
    }
  }

  /** To the newest message of the open channel. */
  async jumpToLatest() {
    const channelId = this.view.openId.peek();
    if (channelId === null) return;
    if (this.store.state.timelines[channelId]?.hasNewer) {
      await this.loader.timeline(channelId, null);
    }
    this.ui.endWishes.value += 1;
  }

  /** Done with what is here: no divider, all read, ready to write. */
  dismissUnread() {
    const { place, cursors } = this.store.state;
    if (!place) return;
    this.store.update((state) => ({
      ...state,
      place: state.place && { ...state.place, dividerAfter: null },
    }));
    const seq = cursors[`c:${place.channelId}`];
    if (seq !== undefined && this.view.unreadHere.peek() > 0) {
      this.reading.markRead(place.channelId, seq);
    }
    this.jumpToLatest();
  }

  /**
   * The channel before or after the open one.
   *
   * @param {-1 | 1} step
   * @param {{ isUnreadOnly: boolean }} options
   */
  openNeighbour(step, { isUnreadOnly }) {
    const openId = this.view.openId.peek();
    const lines = this.view.lines.peek();
    const start = lines.findIndex(({ channel }) => channel.id === openId);
    for (let offset = 1; offset <= lines.length; offset++) {
      const line = lines[(start + step * offset + lines.length * 2) % lines.length];
      if (!line || line.channel.id === openId) continue;
      if (isUnreadOnly && line.messages === 0) continue;
      return this.open(line.channel.id);
    }
  }

  // ── Channels ──────────────────────────────────────────────────────────────────────────────

  /** @param {string} channelId */
  async join(channelId) {
    await this.api.joinChannel(channelId);
    await this.#reread(channelId);
  }

  /** @param {ChannelView} channel */
  async leave(channel) {
    const isConfirmed = await this.ui.confirm({
      title: `Leave ${channel.name}?`,
      text: channel.kind === "private"
        ? "It is private: somebody in it has to add you before you can come back."
        : "You can join again at any time.",
      action: "Leave",
    });
    if (!isConfirmed) return;
    try {
      await this.api.leaveChannel(channel.id);
      this.store.update((state) => withChannelGone(state, channel.id));
      if (this.router.route.peek().channelId === channel.id) {
        this.router.replace({ channelId: null, seq: null });
      }
    } catch (error) {
      this.ui.say(`${channel.name} could not be left. ${sentence(error)}`);
    }
  }

  /** @param {{ name: string, kind: string, topic: string }} fields */
  async createChannel(fields) {
    const channel = await this.api.createChannel(fields);
    await this.#reread(channel.id);
    this.open(channel.id);
  }

  /**
   * @param {string} channelId
   * @param {{ name?: string, topic?: string }} fields
   */
  async changeChannel(channelId, fields) {
    await this.api.changeChannel(channelId, fields);
  }

  /** @param {string} channelId */
  async #reread(channelId) {
    const channel = await this.api.channel(channelId);
    this.store.update((state) => withChannel(state, channel));
  }

  // ── Messages ──────────────────────────────────────────────────────────────────────────────

  /**
   * @param {string} channelId
   * @param {string} text
   */
  post(channelId, text) {
    this.delivery.post(channelId, text);
    this.typingNotice.sent();
    this.saveDraft(channelId, "");
    this.jumpToLatest();
  }

  /**
   * Take a message that could not be sent back into the composer.
   *
   * @param {import("./store/outbox.js").OutboxEntry} entry
   */
  rewrite(entry) {
    this.delivery.discard(entry.client_id);
    this.ui.composerText.value = { channelId: entry.channel_id, text: entry.text };
  }

  /**
   * @param {string} messageId
   * @param {string} text
   */
  async editMessage(messageId, text) {
    await this.connection.send({ type: COMMAND.MESSAGE_EDIT, message_id: messageId, text }, {
      timeoutMs: ANSWER_MS,
    });
  }

  /** @param {string} messageId */
  async deleteMessage(messageId) {
    const isConfirmed = await this.ui.confirm({
      title: "Delete this message?",
      text: "It goes for everyone, and cannot be brought back.",
      action: "Delete",
    });
    if (!isConfirmed) return;
    try {
      await this.connection.send({ type: COMMAND.MESSAGE_DELETE, message_id: messageId }, {
        timeoutMs: ANSWER_MS,
      });
    } catch (error) {
      this.ui.say(`The message was not deleted. ${sentence(error)}`);
    }
  }

  /** @param {{ channel_id: string, seq: number }} message */
  async copyLink({ channel_id, seq }) {
    const link = `${location.origin}/channels/${channel_id}/${seq}`;
    try {
      await navigator.clipboard.writeText(link);
      this.ui.say("Link copied.");
    } catch {
      // Only pages with HTTPS may write to the clipboard.
      this.ui.say(link);
    }
  }

  /**
   * @param {string} channelId
   * @param {string} text
   */
  saveDraft(channelId, text) {
    this.store.update((state) =>
      (state.drafts[channelId] ?? "") === text
        ? state
        : { ...state, drafts: { ...state.drafts, [channelId]: text } }
    );
    clearTimeout(this.#draftTimer);
    if (text === "") this.#drafts.set(channelId, null);
    else this.#draftTimer = setTimeout(() => this.#drafts.set(channelId, text), DRAFT_SAVE_MS);
  }

  // ── The page ──────────────────────────────────────────────────────────────────────────────

  /** @param {Partial<Attention>} change */
  attend(change) {
    const attention = { ...this.store.state.attention, ...change };
    const { isFocused, isAtBottom } = this.store.state.attention;
    if (attention.isFocused === isFocused && attention.isAtBottom === isAtBottom) return;
    this.store.update((state) => ({ ...state, attention }));
  }

  #connected() {
    this.delivery.resume();
    this.presenceWatch.resume();
    this.reading.resume();
  }

  #watchAttention() {
    const look = () =>
      this.attend({ isFocused: document.visibilityState === "visible" && document.hasFocus() });
    for (const name of ["focus", "blur"]) addEventListener(name, look);
    document.addEventListener("visibilitychange", () => {
      look();
      if (document.visibilityState === "visible") this.connection.probe();
    });
    addEventListener("online", () => this.connection.retryNow());
    look();
  }

  #runEffects() {
    const { view, session } = this;
    effect(() => {
      view.outbox.value;
      untracked(() => this.delivery.persist());
    });
    effect(() => {
      if (view.hasStaleUnread.value) untracked(() => session.refreshUnread());
    });
    effect(() => {
      const userIds = view.strangers.value;
      if (userIds) untracked(() => this.loader.users(userIds.split(",")));
    });
    effect(() => {
      view.timeline.value;
      view.attention.value;
      view.unreadHere.value;
      view.place.value;
      untracked(() => this.reading.consider());
    });
    effect(() => {
      const messages = view.timeline.value?.messages ?? [];
      const authors = messages.slice(-WATCHED_MESSAGES).map((message) => message.author_id);
      const members = this.ui.isPeopleOpen.value ? view.members.value?.rows ?? [] : [];
      const userIds = [view.me.value.id, ...authors, ...members.map((member) => member.user_id)];
      untracked(() => this.presenceWatch.watch(userIds));
    });
    effect(() => {
      // A stream that was reset, or a channel just joined, begins its timeline anew.
      const channel = view.channel.value;
      if (!channel || view.timeline.value !== null) return;
      untracked(() => this.#openTimeline(channel.id, view.place.value?.targetSeq ?? null));
    });
    effect(() => {
      // Whoever is removed from a channel, or archives it away, does not stay in it.
      const place = view.place.value;
      const isGone = place !== null && view.channel.value === null;
      if (isGone) untracked(() => this.#show({ channelId: place.channelId, seq: null }));
    });
    effect(() => {
      const channel = view.channel.value;
      const name = channel ? `${channel.kind === "public" ? "#" : ""}${channel.name}` : "";
      document.title = tabTitle(view.lines.value, name, view.workspaceName.value);
    });
    effect(() => {
      const { phase, closeCode } = view.link.value;
      if (phase === "ended" && closeCode === CLOSE.SESSION_ENDED) signIn();
    });
    effect(() => {
      const isListShown = this.ui.isWide.value && this.router.route.value.channelId === null;
      if (isListShown && view.lines.value.length > 0) untracked(() => this.#openSome());
    });
  }
}

function signIn() {
  location.assign(`/login/?next=${encodeURIComponent(location.pathname)}`);
}

/** @returns {SocketLike} */
function openSocket() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${location.host}/ws/`);
  return /** @type {SocketLike} */ (/** @type {unknown} */ (socket));
}
