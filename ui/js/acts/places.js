/**
 * @import { Shelf } from "../lib/storage.js"
 * @import { Reading as WasReading, Route, Router } from "../router.js"
 * @import { Loader } from "../session/loader.js"
 * @import { Reading } from "../session/reading.js"
 * @import { Store } from "../store/store.js"
 * @import { View } from "../store/view.js"
 * @import { PlaceProblem, UiState } from "../ui_state.js"
 */

import { t } from "../lib/i18n.js";
import { channelRoute, messageRoute } from "../router.js";
import { sentence } from "../session/loader.js";
import { withReadingAgain } from "../store/events.js";
import { messageLine } from "../store/rows.js";
import { isCalling } from "../store/sidebar.js";
import { isInChannel, PAGE_MESSAGES } from "../store/timeline.js";
import { unreadTotals } from "../store/unread.js";

/** Going from channel to channel, and to a place in one. */
export class Places {
  #store;
  #view;
  #ui;
  #loader;
  #reading;
  #lastChannel;

  /**
   * @param {object} parts
   * @param {Store} parts.store
   * @param {View} parts.view
   * @param {UiState} parts.ui
   * @param {Loader} parts.loader
   * @param {Reading} parts.reading
   * @param {Router} parts.router
   * @param {Shelf} parts.lastChannel
   */
  constructor({ store, view, ui, loader, reading, router, lastChannel }) {
    this.#store = store;
    this.#view = view;
    this.#ui = ui;
    this.#loader = loader;
    this.#reading = reading;
    this.#lastChannel = lastChannel;
    this.router = router;
    router.onChange = (route, was) => this.show(route, was);
    router.readingNow = () => this.#readingNow();
  }

  /** @param {string} channelId */
  open(channelId) {
    this.router.push(channelRoute(channelId));
  }

  /** Try again to open what the address says. */
  reopen() {
    this.show(this.router.route.peek());
  }

  /**
   * @param {Route} route
   * @param {WasReading | null} [was] what one was reading there, for whoever comes back
   */
  async show({ channelId, threadId, seq, page }, was = null) {
    this.#ui.editingId.value = null;
    this.#ui.placeProblem.value = "";
    if (channelId === null) {
      this.#store.update((state) => ({ ...state, place: null }));
      if (this.#ui.isWide.peek() && page === null) this.openSome();
      return;
    }
    const { place } = this.#store.state;
    // A thread opens beside whatever the channel shows.
    const shownSeq = place?.channelId === channelId ? place.targetSeq : null;
    const targetSeq = threadId === null ? seq : shownSeq;
    const problem = await this.#reach(channelId);
    if (this.router.route.peek().channelId !== channelId) return;
    if (problem) {
      this.#store.update((state) => ({ ...state, place: null }));
      this.#ui.placeProblem.value = problem;
      return;
    }
    this.#lastChannel.set("", channelId);
    const isLink = threadId === null && targetSeq !== null && was === null;
    if (isLink && await this.#isLedToThread(channelId, targetSeq)) return;
    if (was?.channelId === channelId) {
      this.#enter(channelId, null);
      this.#resume(was);
      return;
    }
    this.#enter(channelId, targetSeq);
    this.openTimeline(channelId, targetSeq);
  }

  /** @returns {WasReading | null} */
  #readingNow() {
    const { place, timelines } = this.#store.state;
    const timeline = place && timelines[place.channelId];
    if (!place || !timeline?.isLoaded) return null;
    const position = this.#ui.positions.get(place.channelId);
    const first = timeline.messages.find((message) => messageLine(message).key === position?.key);
    const { channelId } = place;
    if (position && first) {
      return { channelId, seq: first.seq, key: position.key, top: position.top };
    }
    return timeline.hasNewer ? null : { channelId, seq: null, key: "", top: 0 };
  }

  /**
   * Read on where one was, whatever was looked at in the channel since.
   *
   * @param {WasReading} was
   */
  #resume({ channelId, seq, key, top }) {
    const timeline = this.#store.state.timelines[channelId];
    const isThere = timeline?.isLoaded &&
      (seq === null
        ? !timeline.hasNewer
        : timeline.messages.some((message) => message.seq === seq));
    if (!isThere) this.#loader.timeline(channelId, seq);
    const generation = this.#store.state.timelines[channelId]?.generation ?? 0;
    if (seq === null) this.#ui.positions.delete(channelId);
    else this.#ui.positions.set(channelId, { generation, key, top, isReturn: true });
  }

  /**
   * What stands in a thread alone is no part of the timeline: its link leads into the thread.
   *
   * @param {string} channelId
   * @param {number} seq
   */
  async #isLedToThread(channelId, seq) {
    const isShown = this.#store.state.timelines[channelId]?.messages.some((one) => one.seq === seq);
    const message = isShown ? null : await this.#loader.messageAt(channelId, seq);
    const { route } = this.router;
    const isLeft = route.peek().channelId !== channelId || route.peek().seq !== seq;
    if (isLeft) return true;
    if (!message || isInChannel(message)) return false;
    this.router.replace(messageRoute(message));
    return true;
  }

  /** On a wide screen an empty pane teaches nothing: open what was open last. */
  openSome() {
    const lines = this.#view.sidebar.peek().flatMap((group) => group.lines);
    const last = this.#lastChannel.get("");
    const line = lines.find(({ channel }) => channel.id === last) ?? lines[0];
    if (line) this.router.replace(channelRoute(line.channel.id));
  }

  /**
   * The channel before or after the open one.
   *
   * @param {-1 | 1} step
   * @param {{ isUnreadOnly: boolean }} options
   */
  openNeighbour(step, { isUnreadOnly }) {
    const openId = this.#view.openId.peek();
    const lines = this.#view.sidebar.peek().flatMap((group) => group.shown);
    const start = lines.findIndex(({ channel }) => channel.id === openId);
    for (let offset = 1; offset <= lines.length; offset++) {
      const line = lines[(start + step * offset + lines.length * 2) % lines.length];
      if (!line || line.channel.id === openId) continue;
      if (isUnreadOnly && !isCalling(line)) continue;
      this.open(line.channel.id);
      return;
    }
  }

  /**
   * Land on what was asked for, else on the first unread message, else at the end.
   *
   * @param {string} channelId
   * @param {number | null} targetSeq
   */
  openTimeline(channelId, targetSeq) {
    const { timelines, unread } = this.#store.state;
    const timeline = timelines[channelId];
    if (timeline && !timeline.isLoaded && timeline.error === null) return;
    const count = unread[channelId];
    const { preferences } = this.#store.state.personal;
    const unreadMessages = preferences?.opens_at === "newest" ? 0 : unreadTotals(count).messages;
    const readSeq = count?.readSeq ?? 0;
    if (targetSeq !== null) {
      const isThere = timeline?.messages.some((message) => message.seq === targetSeq);
      if (!isThere) this.#loader.timeline(channelId, targetSeq);
    } else if (timeline?.isLoaded) {
      const reachesRead = this.opensAtNewest || !timeline.hasOlder ||
        timeline.messages.some((message) => message.seq <= readSeq);
      if (unreadMessages > 0 && !reachesRead) this.#loader.timeline(channelId, readSeq);
    } else {
      const isFarBack = !this.opensAtNewest && unreadMessages > PAGE_MESSAGES - 5 && readSeq > 0;
      this.#loader.timeline(channelId, isFarBack ? readSeq : null);
    }
  }

  /** Whether a channel opens at its end, with what is new above. */
  get opensAtNewest() {
    return this.#store.state.personal.preferences?.opens_at === "newest";
  }

  /**
   * To the first message of the open channel at or after a moment.
   *
   * @param {Date} moment
   */
  async jumpToMoment(moment) {
    const channelId = this.#view.openId.peek();
    if (channelId === null) return;
    try {
      const message = await this.#loader.firstMessageSince(channelId, moment);
      if (!message) this.#ui.say(t("Nothing has been written here yet."));
      else this.router.push(channelRoute(channelId, message.seq));
    } catch (error) {
      this.#ui.say(`${t("That day could not be opened.")} ${sentence(error)}`);
    }
  }

  /** To the newest message of the open channel. */
  async jumpToLatest() {
    const channelId = this.#view.openId.peek();
    if (channelId === null) return;
    const { timelines } = this.#store.state;
    if (timelines[channelId]?.hasNewer) await this.#loader.timeline(channelId, null);
    this.#ui.endWishes.value += 1;
  }

  /** Done with what is here: no divider, all read, ready to write. */
  dismissUnread() {
    this.#reading.goOn();
    const { place, cursors } = this.#store.state;
    if (!place) return;
    this.#store.update((state) => ({
      ...state,
      place: state.place && { ...state.place, dividerAfter: null },
    }));
    const seq = cursors[`c:${place.channelId}`];
    if (seq !== undefined && this.#view.unreadHere.peek() > 0) {
      this.#reading.markRead(place.channelId, seq);
    }
    this.jumpToLatest();
  }

  /**
   * @param {string} channelId
   * @param {number | null} targetSeq
   */
  #enter(channelId, targetSeq) {
    this.#store.update((state) => {
      const isReturn = state.place?.channelId === channelId;
      const base = isReturn ? state : withReadingAgain(state, channelId);
      const count = state.unread[channelId];
      const hasUnread = unreadTotals(count).messages > 0;
      const kept = isReturn ? state.place?.dividerAfter ?? null : null;
      return {
        ...base,
        place: {
          channelId,
          targetSeq,
          dividerAfter: kept ?? (hasUnread ? count?.readSeq ?? null : null),
        },
        attention: isReturn ? state.attention : { ...state.attention, isAtBottom: false },
      };
    });
  }

  /**
   * @param {string} channelId
   * @returns {Promise<PlaceProblem>}
   */
  async #reach(channelId) {
    try {
      return await this.#loader.channel(channelId) ? "" : "missing";
    } catch {
      return "unreachable";
    }
  }
}
