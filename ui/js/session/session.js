/**
 * @import { Api } from "../api.js"
 * @import { Clock } from "../lib/clock.js"
 * @import { OrderedEvent, ServerFrame, Welcome } from "../protocol.generated.d.ts"
 * @import { SocketLike } from "../socket.js"
 * @import { Link } from "../store/state.js"
 * @import { Store } from "../store/store.js"
 */

import { COMMAND, EVENT, FRAME, LIMIT } from "../protocol.generated.js";
import { CommandRefused, Connection } from "../socket.js";
import {
  withFileChanged,
  withMe,
  withoutStaleTyping,
  withPresence,
  withPresenceUnknown,
  withTyping,
  withUser,
} from "../store/ephemeral.js";
import { withChannel, withMyChannels, withOwn, withUnread } from "../store/snapshots.js";
import { channelIdOf, userStream } from "../store/state.js";
import { withThreadOverview } from "../store/unread_threads.js";
import { applyEvent, applyPage, applyReset, applyWelcome, takeStrays } from "../store/streams.js";

/** Without a connection for so long, what is known of people's presence is old. */
const PRESENCE_OLD_MS = 5_000;

const REFRESH_RETRY_MS = 5_000;

const REJECTIONS_PER_LOOK = 5;

/** Keeps the store true: frames in, holes filled, snapshots read again when the server says so. */
export class Session {
  #store;
  #api;
  #clock;
  #onOpen;
  #onNewHistory;
  #onOwnReset;
  #onEvents;
  /** @type {Set<string>} */
  #behind = new Set();
  #isSyncing = false;
  #rejections = 0;
  /** @type {Set<string>} */
  #refreshing = new Set();

  /**
   * @param {object} parts
   * @param {Store} parts.store
   * @param {Api} parts.api
   * @param {Clock} parts.clock
   * @param {() => SocketLike} parts.open
   * @param {() => void} parts.onOpen
   * @param {() => void} parts.onNewHistory what was kept beside the store is not true any more
   * @param {() => void} [parts.onOwnReset] what belongs to the person alone must be read again
   * @param {(events: OrderedEvent[]) => void} [parts.onEvents] they are in the store now
   */
  constructor(
    { store, api, clock, open, onOpen, onNewHistory, onOwnReset = () => {}, onEvents = () => {} },
  ) {
    this.#store = store;
    this.#api = api;
    this.#clock = clock;
    this.#onOpen = onOpen;
    this.#onNewHistory = onNewHistory;
    this.#onOwnReset = onOwnReset;
    this.#onEvents = onEvents;
    this.connection = new Connection({
      open,
      clock,
      random: Math.random,
      onFrame: (frame) => this.#receive(frame),
      onLink: (link) => this.#linkChanged(link),
      onRejected: () => this.#lookWhetherSignedOut(),
    });
  }

  /** A refused handshake looks like a lost network: only REST says "signed out". */
  #lookWhetherSignedOut() {
    this.#rejections += 1;
    // Not each time: a crowd that comes back would ask twice as much.
    if (this.#rejections % REJECTIONS_PER_LOOK === 1) this.#api.me().catch(() => {});
  }

  /** @param {ServerFrame} frame */
  #receive(frame) {
    switch (frame.type) {
      case FRAME.WELCOME:
        return this.#welcomed(frame);
      case FRAME.PAGE:
        return this.#follow(
          applyPage(this.#store.state, frame),
          frame.stream,
          /** @type {OrderedEvent[]} */ (frame.events),
        );
      case FRAME.RESET:
        this.#store.update((state) => applyReset(state, frame));
        return this.#reread(frame.stream);
      case EVENT.TYPING_STARTED:
        this.#store.update((state) => withTyping(state, frame, this.#clock.now()));
        this.#clock.setTimeout(
          () => this.#store.update((state) => withoutStaleTyping(state, this.#clock.now())),
          LIMIT.TYPING_SECONDS * 1000 + 50,
        );
        return;
      case EVENT.PRESENCE_CHANGED:
        return this.#store.update((state) => withPresence(state, frame.users));
      case EVENT.FILE_CHANGED:
        return this.#store.update((state) => withFileChanged(state, frame));
      case EVENT.USER_CHANGED:
        this.#store.update((state) => withUser(state, frame.user));
        // What only oneself and a profile have does not come with it.
        if (frame.user.id === this.#store.state.me.id) this.#refreshMe();
        return;
      default:
        if ("stream" in frame && "seq" in frame) {
          const event = /** @type {OrderedEvent} */ (frame);
          this.#follow(applyEvent(this.#store.state, event), event.stream, [event]);
        }
    }
  }

  /**
   * @param {ReturnType<typeof applyEvent>} result
   * @param {string} stream
   * @param {OrderedEvent[]} events
   */
  #follow({ state, outcome }, stream, events) {
    if (outcome === "gap") this.#sync([stream]);
    if (state !== this.#store.state) this.#store.update(() => state);
    if (outcome === "applied" && channelIdOf(stream) === null) this.#catchUpStrays();
    if (outcome === "applied") this.#onEvents(events);
  }

  /** @param {Welcome} welcome */
  #welcomed(welcome) {
    const { state, needs } = applyWelcome(this.#store.state, welcome);
    this.#store.update(() => state);
    this.#behind.clear();
    this.#isSyncing = false;
    this.#rejections = 0;
    if (needs.isNewHistory) this.#onNewHistory();
    if (needs.sync.length > 0) this.#sync(needs.sync);
    if (needs.channels) this.refreshChannels();
    if (needs.unread) this.refreshUnread();
    if (needs.isNewHistory) this.refreshOwn();
    this.#onOpen();
  }

  /** @param {Link} link */
  #linkChanged(link) {
    this.#store.update((state) => ({ ...state, link }));
    if (link.phase === "ended") this.#store.update(withPresenceUnknown);
    if (link.phase !== "waiting") return;
    this.#clock.setTimeout(() => {
      const isStillLost = this.#store.state.link.lostAt === link.lostAt;
      if (isStillLost) this.#store.update(withPresenceUnknown);
    }, PRESENCE_OLD_MS);
  }

  /**
   * Ask for what is missing in these streams.
   *
   * @param {string[]} streams
   */
  async #sync(streams) {
    for (const stream of streams) this.#behind.add(stream);
    if (this.#isSyncing || this.#behind.size === 0) return;
    this.#isSyncing = true;
    const asked = [...this.#behind].slice(0, LIMIT.SYNC_STREAMS_MAX);
    for (const stream of asked) this.#behind.delete(stream);
    const { cursors } = this.#store.state;
    try {
      await this.connection.send({
        type: COMMAND.SYNC,
        cursors: Object.fromEntries(
          asked.filter((stream) => stream in cursors).map((stream) => [
            stream,
            cursors[stream] ?? 0,
          ]),
        ),
      });
      this.#isSyncing = false;
      this.#sync([]);
    } catch (error) {
      this.#isSyncing = false;
      // After a lost connection the next welcome finds out anew what is missing.
      if (!(error instanceof CommandRefused)) return;
      this.#clock.setTimeout(() => this.#sync(asked), REFRESH_RETRY_MS);
    }
  }

  #catchUpStrays() {
    const { state, behind } = takeStrays(this.#store.state);
    if (state !== this.#store.state) this.#store.update(() => state);
    if (behind.length > 0) this.#sync(behind);
  }

  /** @param {string} stream whose snapshot must be read again */
  #reread(stream) {
    const channelId = channelIdOf(stream);
    if (channelId === null) {
      this.refreshChannels();
      this.#onOwnReset();
      this.refreshOwn();
    } else this.#refreshChannel(channelId);
    this.refreshUnread();
  }

  refreshUnread() {
    return this.#refresh("unread", async () => {
      const overview = await this.#api.unread();
      this.#store.update((state) =>
        withThreadOverview(withUnread(state, overview.results), overview)
      );
      // Read on meanwhile, further than the server has heard: its answer was too old.
      const isStale = Object.values(this.#store.state.unread).some((count) => count.isStale);
      if (isStale) this.#clock.setTimeout(() => this.refreshUnread(), REFRESH_RETRY_MS);
    });
  }

  /** What belongs to the person alone and comes with the page. */
  refreshOwn() {
    return this.#refresh("own", async () => {
      const [sections, preferences] = await Promise.all([
        this.#api.sections(),
        this.#api.preferences(),
      ]);
      this.#store.update((state) => withOwn(state, { sections, preferences }));
    });
  }

  #refreshMe() {
    return this.#refresh("me", async () => {
      const me = await this.#api.me();
      this.#store.update((state) => withMe(state, me));
    });
  }

  refreshChannels() {
    return this.#refresh("channels", async () => {
      const own = userStream(this.#store.state.me.id);
      let cursor;
      do {
        // A channel that came or went meanwhile must not be undone by an older answer.
        cursor = this.#store.state.cursors[own];
        const channels = await this.#api.myChannels();
        if (cursor === this.#store.state.cursors[own]) {
          this.#store.update((state) => withMyChannels(state, channels));
        }
      } while (cursor !== this.#store.state.cursors[own]);
      this.#catchUpStrays();
    });
  }

  /** @param {string} channelId */
  #refreshChannel(channelId) {
    return this.#refresh(`channel ${channelId}`, async () => {
      let channel;
      do {
        channel = await this.#api.channel(channelId);
        const read = channel;
        this.#store.update((state) => withChannel(state, read));
      } while ((this.#store.state.cursors[`c:${channelId}`] ?? 0) > channel.last_seq);
    });
  }

  /**
   * @param {string} name one of a name at a time
   * @param {() => Promise<void>} read
   */
  async #refresh(name, read) {
    if (this.#refreshing.has(name)) return;
    this.#refreshing.add(name);
    try {
      await read();
    } catch {
      this.#clock.setTimeout(() => this.#refresh(name, read), REFRESH_RETRY_MS);
    } finally {
      this.#refreshing.delete(name);
    }
  }
}
