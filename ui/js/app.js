/**
 * Puts the parts together.
 *
 * @import { SocketLike } from "./socket.js"
 * @import { Attention, Bootstrap } from "./store/state.js"
 */

import { effect, untracked } from "@preact/signals-core";
import { Channels } from "./acts/channels.js";
import { Drafts } from "./acts/drafts.js";
import { Messages } from "./acts/messages.js";
import { People } from "./acts/people.js";
import { Places } from "./acts/places.js";
import { Settings } from "./acts/settings.js";
import { Api } from "./api.js";
import { followPersonLinks } from "./components/person_links.js";
import { Archive } from "./lib/archive.js";
import { systemClock } from "./lib/clock.js";
import { showFavicon } from "./lib/favicon.js";
import { Shelf } from "./lib/storage.js";
import { CLOSE } from "./protocol.generated.js";
import { Router } from "./router.js";
import { Crowd } from "./session/crowd.js";
import { Delivery } from "./session/delivery.js";
import { Idleness } from "./session/idleness.js";
import { Loader } from "./session/loader.js";
import { Memory } from "./session/memory.js";
import { Notifier } from "./session/notifier.js";
import { followOneself } from "./session/oneself.js";
import { PresenceWatch } from "./session/presence_watch.js";
import { Reading } from "./session/reading.js";
import { Session } from "./session/session.js";
import { TypingNotice } from "./session/typing_notice.js";
import { newsOf, tabTitle } from "./store/selectors.js";
import { initialState } from "./store/state.js";
import { Store } from "./store/store.js";
import { createView } from "./store/view.js";
import { UiState } from "./ui_state.js";

/** The newest authors whose presence stands beside their messages. */
const WATCHED_MESSAGES = 100;

/** What the components are given: the state to look at, and what a person can do. */
export class App {
  #session;
  #presenceWatch;
  #reading;
  #delivery;
  #memory;
  #idleness;
  #crowd;
  #isLeaving = false;

  /** @param {Bootstrap} bootstrap */
  constructor(bootstrap) {
    const clock = systemClock;
    const ownerId = bootstrap.user.id;
    const store = new Store(initialState(bootstrap));
    const view = createView(store);
    const ui = new UiState();
    const router = new Router();
    const api = new Api({
      fetch: (input, init) => fetch(input, init),
      csrfToken: bootstrap.csrf_token,
      onSignedOut: () => this.#leave(),
    });
    this.#session = new Session({
      store,
      api,
      clock,
      open: openSocket,
      onOpen: () => this.#connected(),
      onNewHistory: () => {
        this.loader.forget();
        this.#reading.forget();
      },
      onEvents: (events) => {
        for (const event of events) this.notifier.heard(event);
      },
    });
    const { connection } = this.#session;
    const shelf = new Shelf(`parley.outbox.${ownerId}.`);
    this.#delivery = new Delivery({ store, connection, shelf, clock });
    this.#memory = new Memory({ store, archive: new Archive(), clock });
    this.#reading = new Reading({ store, connection, clock });
    this.#presenceWatch = new PresenceWatch({ store, connection, clock });
    this.#idleness = new Idleness({ connection, clock });
    this.#crowd = new Crowd(ownerId);

    this.api = api;
    this.csrfToken = bootstrap.csrf_token;
    this.store = store;
    this.view = view;
    this.ui = ui;
    this.router = router;
    this.connection = connection;
    this.loader = new Loader(api, store);
    this.typingNotice = new TypingNotice({ connection, clock });
    this.drafts = new Drafts(store, new Shelf(`parley.draft.${ownerId}.`));
    this.readingPlace = new Shelf(`parley.reading-place.${ownerId}`, () => sessionStorage);
    this.messages = new Messages({ connection, delivery: this.#delivery, ui });
    this.channels = new Channels({ store, api, ui, router });
    this.people = new People({ store, api, ui, router });
    this.settings = new Settings({ store, api, ui, people: this.people, connection });
    this.notifier = new Notifier({
      store,
      api,
      crowd: this.#crowd,
      go: (route) => router.push(route),
    });
    this.languages = bootstrap.languages;
    this.places = new Places({
      store,
      view,
      ui,
      router,
      loader: this.loader,
      reading: this.#reading,
      lastChannel: new Shelf(`parley.last-channel.${ownerId}`),
    });
  }

  async start() {
    this.drafts.restore();
    this.#delivery.restore();
    this.#watchAttention();
    followPersonLinks(this);
    this.#followConnection();
    this.#followReading();
    followOneself(this, { crowd: this.#crowd, idleness: this.#idleness });
    this.loader.adopt(await this.#memory.restore());
    this.#followMemory();
    this.#followPlace();
    this.connection.start();
    this.places.reopen();
  }

  /** Before somebody signs out: leave nothing of theirs but what still waits to be sent. */
  async forget() {
    this.drafts.forget();
    await this.#memory.forget();
  }

  /** @param {Partial<Attention>} change */
  attend(change) {
    const { attention } = this.store.state;
    const next = { ...attention, ...change };
    const isSame = next.isFocused === attention.isFocused &&
      next.isAtBottom === attention.isAtBottom;
    if (!isSame) this.store.update((state) => ({ ...state, attention: next }));
  }

  #connected() {
    this.#delivery.resume();
    this.#presenceWatch.resume();
    this.#reading.resume();
    this.#idleness.resume();
  }

  /** The page may end now. */
  #save() {
    this.drafts.flush();
    this.#memory.flush();
  }

  /** The session has ended. What was written waits for whoever wrote it. */
  async #leave() {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.drafts.flush();
    await this.#memory.forget();
    signIn();
  }

  #watchAttention() {
    const look = () =>
      this.attend({ isFocused: document.visibilityState === "visible" && document.hasFocus() });
    for (const name of ["focus", "blur"]) addEventListener(name, look);
    document.addEventListener("visibilitychange", () => {
      look();
      if (document.visibilityState === "visible") this.connection.probe();
      else this.#save();
    });
    addEventListener("pagehide", () => this.#save());
    for (const name of ["online", "offline"]) {
      addEventListener(name, () => this.connection.probe());
    }
    look();
  }

  #followConnection() {
    const { view } = this;
    effect(() => {
      view.outbox.value;
      untracked(() => this.#delivery.persist());
    });
    effect(() => {
      const { phase, closeCode } = view.link.value;
      if (phase === "waiting") untracked(() => this.#delivery.pause());
      if (phase !== "ended") return;
      if (closeCode === CLOSE.SESSION_ENDED) untracked(() => this.#leave());
      if (closeCode === CLOSE.ACCESS_ENDED) untracked(() => this.#memory.forget());
    });
    effect(() => {
      const userIds = view.strangers.value;
      if (userIds) untracked(() => this.loader.users(userIds.split(",")));
    });
    effect(() => {
      const messages = view.timeline.value?.messages ?? [];
      const authors = messages.slice(-WATCHED_MESSAGES).map((message) => message.author_id);
      const panel = this.ui.panel.value;
      const members = panel?.kind === "people" ? view.members.value?.rows ?? [] : [];
      const userIds = [
        view.me.value.id,
        ...(panel?.kind === "person" ? [panel.userId] : []),
        ...view.directUserIds.value.split(",").filter(Boolean),
        ...authors.toReversed(),
        ...members.map((member) => member.user_id),
      ];
      untracked(() => this.#presenceWatch.watch(userIds));
    });
  }

  #followMemory() {
    const { view } = this;
    effect(() => {
      view.timelines.value;
      view.cursors.value;
      untracked(() => this.#memory.keep());
    });
  }

  #followReading() {
    const { view } = this;
    effect(() => {
      if (view.hasStaleUnread.value) untracked(() => this.#session.refreshUnread());
    });
    effect(() => {
      view.timeline.value;
      view.attention.value;
      view.unreadHere.value;
      view.place.value;
      untracked(() => this.#reading.consider());
    });
    effect(() => {
      const channel = view.channel.value;
      const name = channel ? `${channel.kind === "public" ? "#" : ""}${channel.name}` : "";
      const news = newsOf(view.lines.value);
      document.title = tabTitle(news, name, view.workspaceName.value);
      showFavicon(news);
      // Only a window that was installed has one.
      navigator.setAppBadge?.(news.count).catch(() => {});
    });
  }

  #followPlace() {
    const { view, places, router, ui } = this;
    effect(() => {
      // A stream that was reset, or a channel just joined, begins its timeline anew.
      const channel = view.channel.value;
      if (!channel || view.timeline.value !== null) return;
      untracked(() => places.openTimeline(channel.id, view.place.value?.targetSeq ?? null));
    });
    effect(() => {
      // Whoever was removed from a channel does not stay in it.
      const isGone = view.place.value !== null && view.channel.value === null;
      if (isGone) untracked(() => places.reopen());
    });
    effect(() => {
      // What could not be seen can be now: somebody has added this person.
      const { channelId } = router.route.value;
      const isMine = view.lines.value.some(({ channel }) => channel.id === channelId);
      if (ui.placeProblem.value && isMine) untracked(() => places.reopen());
    });
    effect(() => {
      const { channelId, page } = router.route.value;
      const isListAlone = channelId === null && page === null;
      const isPaneEmpty = ui.isWide.value && isListAlone && view.lines.value.length > 0;
      if (isPaneEmpty) untracked(() => places.openSome());
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
