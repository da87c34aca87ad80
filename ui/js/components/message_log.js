/**
 * @import { PropertyValues } from "lit"
 * @import { ChannelView, Message } from "../protocol.generated.d.ts"
 * @import { MessageRow, Row } from "../store/rows.js"
 * @import { Place } from "../store/state.js"
 * @import { Timeline } from "../store/timeline.js"
 */

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { possibleActs, subjectOf } from "../acts/message_acts.js";
import { SignalElement } from "../lib/signal_element.js";
import { plural } from "../lib/text.js";
import { dayLabel } from "../lib/time.js";
import { SAVED_GENERATION } from "../store/saved.js";
import { displayName } from "../store/selectors.js";
import { channelBeginning } from "./channel_beginning.js";
import { channelIcon, icon } from "./icon.js";
import "./message_editor.js";
import { messageRow, rowContext } from "./message_row.js";

/** A reader so close to the end follows it. */
const END_PX = 80;

/** After this the messages stand still again. */
const REST_MS = 1_000;

/** History is fetched this far ahead of the eyes. */
const AHEAD_PX = 1_500;

/** The messages of the open channel. It keeps what one reads where it is, whatever comes or goes. */
class MessageLog extends SignalElement {
  static properties = { isFarFromEnd: { state: true } };

  constructor() {
    super();
    this.isFarFromEnd = false;
    this.sticksToEnd = true;
    /** What was landed on last: a place is landed on once. */
    this.landedOn = "";
    this.endWishesSeen = 0;
    this.isScrollQueued = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.restTimer = undefined;
    this.announcedSeq = 0;
    this.announcedIn = "";
    /** @type {{ element: Element, top: number } | null} */
    this.anchor = null;
    /** @type {Map<string, { generation: number, key: string, top: number }>} */
    this.positions = new Map();
    /** Where the page before this one stood. */
    this.resumed = "";
    this.onHide = this.#savePosition.bind(this);
    this.resizes = new ResizeObserver(() => this.#keepEnd());
  }

  connectedCallback() {
    super.connectedCallback();
    addEventListener("pagehide", this.onHide);
    document.addEventListener("visibilitychange", this.onHide);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener("pagehide", this.onHide);
    document.removeEventListener("visibilitychange", this.onHide);
    this.resizes.disconnect();
  }

  get #log() {
    return this.querySelector(".log");
  }

  firstUpdated() {
    this.#restorePosition();
    if (!this.#log) return;
    this.resizes.observe(this.#log);
    for (const child of this.#log.children) this.resizes.observe(child);
  }

  /** @param {PropertyValues} changed */
  update(changed) {
    this.anchor = this.#findAnchor();
    super.update(changed);
  }

  updated() {
    this.#finishBodies();
    this.#settle();
    this.#announce();
    this.#lookAhead();
  }

  render() {
    const { view, ui } = this.app;
    const channel = view.channel.value;
    const timeline = view.timeline.value;
    ui.endWishes.value;
    const where = channel?.name ?? "";
    const unread = view.unreadHere.value;
    const isPillShown = timeline?.isLoaded &&
      (timeline.hasNewer || this.isFarFromEnd || (unread > 0 && !this.sticksToEnd));
    return html`
      <div
        class="log"
        id="messages"
        role="log"
        aria-live="off"
        aria-label="Messages in ${where}"
        aria-busy=${timeline && !timeline.isLoaded ? "true" : "false"}
        tabindex="0"
        @scroll=${this.#onScroll}
        @keydown=${this.#onKey}
      >
        <div class="log-content">${this.#top(timeline)}
          <ol class="rows">${repeat(
            view.rows.value,
            (row) => row.key,
            (row) => this.#row(row),
          )}</ol>
        </div>
      </div>
      ${isPillShown
        ? html`<button type="button" class="log-pill" @click=${() =>
          this.app.places.jumpToLatest()}>
            ${unread > 0 ? plural(unread, "new message", "new messages") : "Jump to latest"}
            ${icon("arrow-down")}
          </button>`
        : nothing}
      <p class="vh" role="status" aria-live="polite" data-announcer></p>
    `;
  }

  /** @param {Timeline | null} timeline */
  #top(timeline) {
    if (timeline?.error) {
      return html`
        <p class="log-problem" role="alert">
          <span>${timeline.error}</span>
          <button type="button" class="button" data-size="small" @click=${this
            .#tryAgain}>Try again</button>
        </p>
      `;
    }
    if (!timeline?.isLoaded) return skeleton;
    if (timeline.hasOlder) {
      return html`<p class="log-loading">${timeline.isLoadingOlder ? "Loading…" : ""}</p>`;
    }
    const channel = this.app.view.channel.value;
    if (!channel) return nothing;
    return this.#start(channel, timeline.messages.length === 0);
  }

  /**
   * @param {ChannelView} channel
   * @param {boolean} isEmpty
   */
  #start(channel, isEmpty) {
    const isPrivate = channel.kind === "private";
    const isWritable = channel.membership !== null && channel.archived_at === null;
    return html`
      <header class="log-start">
        <span class="log-start-icon">${channelIcon(channel)}</span>
        <h2>This is the very start of ${channel.name}</h2>
        <p>
          ${channel.kind === "dm"
            ? "Only the people named above can read what is written here."
            : isPrivate
            ? "Only people who were added can read what is written here."
            : "Everyone in the workspace can find this channel and join it."}
          ${isEmpty && isWritable ? "Write the first message below." : ""}
        </p>
        ${channelBeginning(this.app, channel)}
      </header>
    `;
  }

  /** @param {Row} row */
  #row(row) {
    if (row.kind === "day") {
      const { ui } = this.app;
      return html`<li class="day"><time datetime=${row.day}>${
        dayLabel(row.day, Date.parse(`${ui.today.value}T12:00:00`))
      }</time></li>`;
    }
    if (row.kind === "new") return html`<li class="new"><span>New</span></li>`;
    return html`<li data-key=${row.key}>${this.#message(row)}</li>`;
  }

  /** @param {MessageRow} row */
  #message(row) {
    const targetSeq = this.app.view.place.value?.targetSeq ?? null;
    return messageRow(row, rowContext(this.app, row, { targetSeq }));
  }

  // ── Scrolling ─────────────────────────────────────────────────────────────────────────────

  #findAnchor() {
    const log = this.#log;
    if (!log || this.sticksToEnd) return null;
    const edge = log.getBoundingClientRect().top;
    const element = [...log.querySelectorAll(".rows > li[data-key]")].find((row) =>
      row.getBoundingClientRect().bottom > edge
    );
    return element ? { element, top: element.getBoundingClientRect().top } : null;
  }

  #settle() {
    const log = this.#log;
    const { place, timeline } = this.#place();
    if (!log || !place || !timeline?.isLoaded) return;
    const landing = `${place.channelId}/${timeline.generation}/${place.targetSeq}`;
    const isEndWished = this.app.ui.endWishes.peek() !== this.endWishesSeen;
    this.endWishesSeen = this.app.ui.endWishes.peek();
    if (landing !== this.landedOn) {
      this.landedOn = landing;
      this.#land(log, place, timeline, isEndWished);
    } else if (isEndWished || (this.sticksToEnd && !timeline.hasNewer)) {
      log.scrollTop = log.scrollHeight;
    } else if (this.anchor?.element.isConnected) {
      const shift = this.anchor.element.getBoundingClientRect().top - this.anchor.top;
      if (shift !== 0) log.scrollTop += shift;
    }
    this.#measure();
  }

  /**
   * @param {Element} log
   * @param {Place} place
   * @param {Timeline} timeline
   * @param {boolean} isEndWished
   */
  #land(log, place, timeline, isEndWished) {
    log.scrollTop = log.scrollHeight;
    if (isEndWished) return;
    const target = log.querySelector('.message[data-state="target"]');
    if (target) {
      target.scrollIntoView({ block: "center" });
      return;
    }
    const remembered = this.positions.get(place.channelId);
    const row = remembered?.generation === timeline.generation
      ? log.querySelector(`li[data-key="${CSS.escape(remembered.key)}"]`)
      : null;
    const divider = log.querySelector(".new");
    const isResumed = row !== null && this.resumed === place.channelId;
    this.resumed = "";
    if (divider && !isResumed) {
      const room = log.clientHeight / 4;
      const top = divider.getBoundingClientRect().top - log.getBoundingClientRect().top;
      if (top < room) log.scrollTop -= room - top;
    } else if (row && remembered) {
      log.scrollTop += row.getBoundingClientRect().top - remembered.top;
    }
  }

  #onScroll() {
    if (this.isScrollQueued) return;
    this.isScrollQueued = true;
    requestAnimationFrame(() => {
      this.isScrollQueued = false;
      this.#measure();
      this.#lookAhead();
      this.#showMoving();
    });
  }

  #showMoving() {
    if (this.sticksToEnd) return;
    this.#log?.setAttribute("data-scrolling", "");
    clearTimeout(this.restTimer);
    this.restTimer = setTimeout(() => this.#log?.removeAttribute("data-scrolling"), REST_MS);
  }

  #measure() {
    const log = this.#log;
    const { place, timeline } = this.#place();
    if (!log || !place || !timeline) return;
    const below = log.scrollHeight - log.scrollTop - log.clientHeight;
    this.sticksToEnd = below <= END_PX && !timeline.hasNewer;
    this.isFarFromEnd = below > log.clientHeight;
    this.app.attend({ isAtBottom: this.sticksToEnd && timeline.isLoaded });
    const anchor = this.#findAnchor();
    if (anchor) {
      this.positions.set(place.channelId, {
        generation: timeline.generation,
        key: anchor.element.getAttribute("data-key") ?? "",
        top: anchor.top,
      });
    } else {
      this.positions.delete(place.channelId);
    }
  }

  /** For the page after this one, in this tab. */
  #savePosition() {
    const { place } = this.#place();
    const position = place && this.positions.get(place.channelId);
    this.app.readingPlace.set("", position ? JSON.stringify([place.channelId, position]) : null);
  }

  #restorePosition() {
    const stored = this.app.readingPlace.get("");
    if (stored === null) return;
    try {
      const [channelId, { key, top }] = JSON.parse(stored);
      this.positions.set(channelId, {
        generation: SAVED_GENERATION,
        key: String(key),
        top: Number(top),
      });
      this.resumed = channelId;
    } catch {
      // Whatever it was, it was not ours.
    }
  }

  #lookAhead() {
    const log = this.#log;
    const { place, timeline } = this.#place();
    if (!log || !place || !timeline?.isLoaded || timeline.error !== null) return;
    const below = log.scrollHeight - log.scrollTop - log.clientHeight;
    if (log.scrollTop < AHEAD_PX) this.app.loader.older(place.channelId);
    if (below < AHEAD_PX) this.app.loader.newer(place.channelId);
  }

  /** A composer that grows, or a font that comes late, moves the end. */
  #keepEnd() {
    if (this.sticksToEnd && this.#log) this.#log.scrollTop = this.#log.scrollHeight;
  }

  #tryAgain() {
    const { place, timeline } = this.#place();
    if (!place) return;
    if (!timeline?.isLoaded) this.app.loader.timeline(place.channelId, place.targetSeq);
    else if (timeline.hasOlder) this.app.loader.older(place.channelId);
    else this.app.loader.newer(place.channelId);
  }

  #place() {
    return { place: this.app.view.place.peek(), timeline: this.app.view.timeline.peek() };
  }

  // ── What is said aloud, and by keys ───────────────────────────────────────────────────────

  /** What a message's HTML cannot know when it is made: who reads it. */
  #finishBodies() {
    const meId = CSS.escape(this.app.view.me.peek().id);
    for (const name of this.querySelectorAll(`.mention[data-user-id="${meId}"]:not(.me)`)) {
      name.classList.add("me");
    }
    for (const box of this.querySelectorAll(".task-list-item-checkbox:not([aria-label])")) {
      box.setAttribute("aria-label", box.hasAttribute("checked") ? "Done" : "To do");
    }
  }

  /** The log itself is silent: history that is loaded upwards must not be read out. */
  #announce() {
    const { timeline } = this.#place();
    const last = timeline?.messages.at(-1);
    if (!timeline?.isLoaded || !last || last.seq <= this.announcedSeq) return;
    const isFirst = this.announcedSeq === 0 || this.announcedIn !== this.landedOn;
    this.announcedSeq = last.seq;
    this.announcedIn = this.landedOn;
    const me = this.app.view.me.peek();
    const announcer = this.querySelector("[data-announcer]");
    if (isFirst || timeline.hasNewer || last.author_id === me.id || !announcer) return;
    announcer.textContent = `${
      displayName(this.app.view.users.peek(), last.author_id)
    }: ${last.text}`;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const target = /** @type {Element} */ (event.target);
    const current = target.closest(".message");
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (target !== this.#log && target !== current) return;
    const rows = [...this.querySelectorAll(".message")];
    const index = current ? rows.indexOf(current) : rows.length;
    const steps = /** @type {Record<string, number>} */ ({
      ArrowUp: index - 1,
      ArrowDown: index + 1,
      Home: 0,
      End: rows.length - 1,
    });
    const next = steps[event.key];
    if (next !== undefined) {
      const row = rows[Math.min(Math.max(next, 0), rows.length - 1)];
      if (!(row instanceof HTMLElement)) return;
      event.preventDefault();
      row.focus({ preventScroll: true });
      row.scrollIntoView({ block: "nearest" });
      return;
    }
    const message = this.#messageOf(current);
    if (message && current) this.#act(event, message, current);
  }

  /**
   * @param {KeyboardEvent} event
   * @param {Message} message
   * @param {Element} row
   */
  #act(event, message, row) {
    const { view } = this.app;
    const subject = subjectOf(message, {
      me: view.me.peek(),
      channel: view.channels.peek()[message.channel_id] ?? null,
      isSaved: view.saved.peek()[message.id] ?? false,
    });
    const act = possibleActs(subject).find(({ key }) => key === event.key.toLowerCase());
    if (!act) return;
    event.preventDefault();
    act.run(this.app, message, row);
  }

  /** @param {Element | null} row */
  #messageOf(row) {
    const messages = this.#place().timeline?.messages ?? [];
    return messages.find((message) => `m${message.seq}` === row?.id) ?? null;
  }
}

const skeleton = html`
  <div class="skeleton" aria-hidden="true"><i></i><i></i><i></i></div>
`;

customElements.define("parley-message-log", MessageLog);
