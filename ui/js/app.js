/**
 * Puts the parts together.
 *
 * @import { SocketLike } from "./socket.js"
 * @import { Attention, Bootstrap } from "./store/state.js"
 */

import { effect, signal, untracked } from "@preact/signals-core";
import { Channels } from "./acts/channels.js";
import { Drafts } from "./acts/drafts.js";
import { Marks } from "./acts/marks.js";
import { Messages } from "./acts/messages.js";
import { Inbox } from "./acts/inbox.js";
import { People } from "./acts/people.js";
import { Places } from "./acts/places.js";
import { Sections } from "./acts/sections.js";
import { Settings } from "./acts/settings.js";
import { Threads } from "./acts/threads.js";
import { Visited } from "./acts/visited.js";
import { Writing } from "./acts/writing.js";
import { Api, RequestFailed } from "./api.js";
import { followPersonLinks } from "./components/person_links.js";
import { Archive } from "./lib/archive.js";
import { systemClock } from "./lib/clock.js";
import { EmojiUse } from "./lib/emoji_use.js";
import { forgetPage } from "./lib/offline.js";
import { everyday } from "./lib/parts.js";
import { Shelf } from "./lib/storage.js";
import { CLOSE } from "./protocol.generated.js";
import { Router } from "./router.js";
import { Crowd } from "./session/crowd.js";
import { Delivery } from "./session/delivery.js";
import { Directory } from "./session/directory.js";
import { Idleness } from "./session/idleness.js";
import { ListLoader } from "./session/list_loader.js";
import { Loader } from "./session/loader.js";
import { Memory } from "./session/memory.js";
import { followOneself } from "./session/oneself.js";
import { PresenceWatch } from "./session/presence_watch.js";
import { Reading } from "./session/reading.js";
import { Session } from "./session/session.js";
import { ThreadLoader } from "./session/thread_loader.js";
import { TypingNotice } from "./session/typing_notice.js";
import { Uploader } from "./session/uploader.js";
import { newsOf, tabTitle } from "./store/selectors.js";
import { initialState } from "./store/state.js";
import { Store } from "./store/store.js";
import { createView } from "./store/view.js";
import { UiState } from "./ui_state.js";

/** The newest authors whose presence stands beside their messages. */
const WATCHED_MESSAGES = 100;

/** Of those with whom one talks alone, so many. */
const WATCHED_PARTNERS = 50;

/** The directory comes when the page has what it shows. */
const DIRECTORY_MS = 2_000;

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
    const ui = new UiState();
    const view = createView(store, ui.foldedGroups);
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
        this.drafts.reread();
      },
      onOwnReset: () => {
        this.drafts.reread();
        this.drafts.resume();
      },
      onEvents: (events) => {
        for (const event of events) this.notifier.peek()?.heard(event);
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
    this.threadLoader = new ThreadLoader(api, store);
    this.lists = new ListLoader({ api, store, clock, channels: this.loader });
    this.typingNotice = new TypingNotice({ connection, clock });
    this.drafts = new Drafts({ store, api, clock, shelf: new Shelf(`parley.draft.${ownerId}.`) });
    this.emojiUse = new EmojiUse(new Shelf(`parley.emoji.${ownerId}`));
    this.directory = new Directory({ api, store, clock });
    this.uploader = new Uploader({
      store,
      clock,
      csrfToken: bootstrap.csrf_token,
      send: async (sending) => (await uploads()).sendFile(sending),
      largest: async () => (await uploads()).largestFile(),
    });
    this.readingPlace = new Shelf(`parley.reading-place.${ownerId}`, () => sessionStorage);
    this.messages = new Messages({
      connection,
      delivery: this.#delivery,
      reading: this.#reading,
      ui,
    });
    this.marks = new Marks({ store, connection, api, ui, clock, emojiUse: this.emojiUse });
    this.channels = new Channels({ store, api, ui, router, reading: this.#reading });
    this.sections = new Sections({ store, api, ui });
    this.folded = new Shelf(`parley.folded.${ownerId}`);
    this.visited = new Visited(new Shelf(`parley.visited.${ownerId}`));
    this.inbox = new Inbox({ api, store, ui, reading: this.#reading });
    this.threads = new Threads({
      api,
      store,
      ui,
      router,
      loader: this.threadLoader,
      reading: this.#reading,
    });
    this.people = new People({ store, api, ui, router });
    this.settings = new Settings({ store, api, ui, people: this.people, connection });
    /** @type {import("@preact/signals-core").Signal<import("./session/notifier.js").Notifier | null>} */
    this.notifier = signal(null);
    /** @type {import("@preact/signals-core").Signal<typeof import("./parts/everyday.js") | null>} */
    this.parts = signal(null);
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
    this.writing = new Writing({
      store,
      ui,
      router,
      messages: this.messages,
      drafts: this.drafts,
      places: this.places,
      typingNotice: this.typingNotice,
      uploader: this.uploader,
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
    this.#rememberFormatting();
    this.loader.customEmoji();
    this.loader.saved();
    this.#followSidebar();
    this.connection.start();
    this.places.reopen();
    setTimeout(() => {
      if (this.#isLeaving) return;
      this.loader.directory();
      this.channels.loadJoinable();
    }, DIRECTORY_MS);
  }

  /**
   * What the page does not begin with.
   *
   * @throws {TypeError} its script could not be loaded
   */
  async takeParts() {
    const parts = await everyday();
    this.parts.value = parts;
    return parts;
  }

  async #beginToNotify() {
    try {
      const { Notifier } = await this.takeParts();
      this.notifier.value ??= new Notifier({
        store: this.store,
        api: this.api,
        crowd: this.#crowd,
        go: (route) => this.router.push(route),
      });
    } catch {
      // It is tried again with the next connection.
    }
  }

  /** Before somebody signs out: leave nothing of theirs but what still waits to be sent. */
  async forget() {
    this.#isLeaving = true;
    await this.drafts.forget();
    await this.#forgetSaved();
  }

  /** @param {Partial<Attention>} change */
  attend(change) {
    const { attention } = this.store.state;
    if (change.isFocused && !attention.isFocused) this.#reading.goOn();
    const next = { ...attention, ...change };
    const names = /** @type {(keyof Attention)[]} */ (Object.keys(next));
    if (names.some((name) => next[name] !== attention[name])) {
      this.store.update((state) => ({ ...state, attention: next }));
    }
  }

  /** The reader does something with what is on the screen. */
  readOn() {
    this.#reading.goOn();
  }

  #connected() {
    this.#delivery.resume();
    this.drafts.resume();
    this.uploader.resume();
    this.#presenceWatch.resume();
    this.#reading.resume();
    this.#idleness.resume();
    if (this.notifier.peek() === null) this.#beginToNotify();
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
    await this.#forgetSaved();
    signIn();
  }

  /** What would be shown without a network: the page itself, and what was said in it. */
  async #forgetSaved() {
    await Promise.all([this.#memory.forget(), forgetPage()]);
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
    addEventListener("beforeunload", (event) => {
      // What is on its way would be lost with the page.
      if (this.uploader.isBusy) event.preventDefault();
    });
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
      view.sharedDrafts.value;
      untracked(() => this.drafts.follow());
    });
    effect(() => {
      const { phase, closeCode } = view.link.value;
      if (phase === "waiting") untracked(() => this.#delivery.pause());
      if (phase !== "ended") return;
      if (closeCode === CLOSE.SESSION_ENDED) untracked(() => this.#leave());
      if (closeCode === CLOSE.ACCESS_ENDED) untracked(() => this.#forgetSaved());
    });
    effect(() => {
      const userIds = view.strangers.value;
      if (userIds) untracked(() => this.loader.users(userIds.split(",")));
    });
    effect(() => {
      const messages = view.timeline.value?.messages ?? [];
      const replies = view.thread.value?.replies.messages ?? [];
      const shown = [...messages.slice(-WATCHED_MESSAGES), ...replies.slice(-WATCHED_MESSAGES)];
      const authors = shown.map((message) => message.author_id);
      const panel = this.ui.panel.value;
      const members = panel?.kind === "people" ? view.members.value?.rows ?? [] : [];
      const partners = view.myPeople.value.slice(0, WATCHED_PARTNERS);
      const userIds = [
        view.me.value.id,
        ...(panel?.kind === "person" ? [panel.userId] : []),
        ...partners,
        ...authors.toReversed(),
        ...members.map((member) => member.user_id),
      ];
      untracked(() => this.#presenceWatch.watch(userIds));
    });
  }

  #rememberFormatting() {
    const shelf = new Shelf(`parley.formatting.${this.store.state.me.id}`);
    this.ui.isFormatting.value = shelf.get("") !== null;
    effect(() => shelf.set("", this.ui.isFormatting.value ? "shown" : null));
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
      const isStale = view.hasStaleUnread.value || view.areThreadsStale.value;
      if (isStale) untracked(() => this.#session.refreshUnread());
    });
    effect(() => {
      view.timeline.value;
      view.attention.value;
      view.unreadHere.value;
      view.place.value;
      view.thread.value;
      view.threadsKnown.value;
      untracked(() => this.#reading.consider());
    });
    effect(() => {
      const channel = view.channel.value;
      const name = channel ? `${channel.kind === "public" ? "#" : ""}${channel.name}` : "";
      const news = newsOf(view.lines.value);
      document.title = tabTitle(news, name, view.workspaceName.value);
      this.parts.value?.showFavicon(news);
      // Only a window that was installed has one.
      navigator.setAppBadge?.(news.count).catch(() => {});
    });
  }

  #followSidebar() {
    const { ui, view } = this;
    ui.foldedGroups.value = new Set((this.folded.get("") ?? "").split(" ").filter(Boolean));
    effect(() => this.folded.set("", [...ui.foldedGroups.value].join(" ") || null));
    effect(() => {
      const openId = view.openId.value;
      if (openId !== null) untracked(() => this.visited.note(openId));
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
      const route = router.route.value;
      const isChannelOpen = view.openId.value !== null && view.openId.value === route.channelId;
      if (route.threadId === null) untracked(() => this.threads.leave());
      else if (isChannelOpen && view.channel.value) untracked(() => this.threads.show(route));
    });
    effect(() => {
      // Also the thread begins anew when its channel does.
      if (view.isThreadLost.value) untracked(() => this.threads.show(router.route.value));
    });
    effect(() => {
      const isOver = router.route.value.threadId !== null || ui.panel.value !== null;
      const isCovered = isOver && !ui.isWide.value;
      untracked(() => this.attend({ isCovered }));
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

/** Without its script a file cannot go, as it could not without a connection. */
async function uploads() {
  const parts = await everyday().catch(() => null);
  if (!parts) throw new RequestFailed(0, {});
  return parts.uploads;
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
