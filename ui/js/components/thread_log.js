/**
 * @import { PropertyValues } from "lit"
 * @import { Message } from "../protocol.generated.d.ts"
 * @import { MessageRow, Row } from "../store/rows.js"
 * @import { Thread, ThreadPlace } from "../store/threads.js"
 */

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { t, tn } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { dayLabel, dayOf } from "../lib/time.js";
import { messageLine } from "../store/rows.js";
import { displayName } from "../store/selectors.js";
import { icon } from "./icon.js";
import { moveByKey } from "./message_keys.js";
import { messageRow, rowContext } from "./message_row.js";

/** A reader so close to the end follows it. */
const END_PX = 60;

/** Replies are fetched this far ahead of the eyes. */
const AHEAD_PX = 800;

/** The root of the open thread and its replies. What one reads stays where it is. */
class ThreadLog extends SignalElement {
  static properties = { isFarFromEnd: { state: true } };

  constructor() {
    super();
    this.isFarFromEnd = false;
    this.sticksToEnd = true;
    this.landedOn = "";
    this.endWishesSeen = 0;
    this.announcedSeq = 0;
    /** @type {{ element: Element, top: number } | null} */
    this.anchor = null;
    this.resizes = new ResizeObserver(() => this.#keepEnd());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.resizes.disconnect();
  }

  get #log() {
    return this.querySelector(".log");
  }

  firstUpdated() {
    this.endWishesSeen = this.app.ui.threadEndWishes.peek();
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
    this.#settle();
    this.#announce();
    this.#lookAhead();
  }

  render() {
    const { view, ui } = this.app;
    const thread = view.thread.value;
    const place = view.threadPlace.value;
    ui.threadEndWishes.value;
    const isPillShown = thread?.replies.isLoaded &&
      (thread.replies.hasNewer || (this.isFarFromEnd && !this.sticksToEnd));
    return html`
      <div
        class="log"
        role="log"
        aria-live="off"
        aria-label=${t("Replies")}
        aria-busy=${thread?.replies.isLoaded ? "false" : "true"}
        tabindex="0"
        @scroll=${this.#onScroll}
        @keydown=${this.#onKey}
      >
        <div class="thread-content">
          ${thread?.root ? this.#root(thread.root, place) : skeleton} ${thread
            ? this.#replies(thread, place)
            : nothing}
        </div>
      </div>
      ${isPillShown
        ? html`
          <button type="button" class="log-pill" @click=${() => this.app.threads.jumpToLatest()}>
            ${t("Jump to latest")} ${icon("arrow-down")}
          </button>
        `
        : nothing}
      <p class="vh" role="status" aria-live="polite" data-announcer></p>
    `;
  }

  /**
   * @param {Message} root
   * @param {ThreadPlace | null} place
   */
  #root(root, place) {
    const count = root.thread?.reply_count ?? 0;
    return html`
      <div class="thread-root">${this.#message(messageLine(root), place)}</div>
      <p class="thread-divider"><span>${count === 0
        ? t("No replies yet")
        : tn("{count} reply", "{count} replies", count)}</span></p>
    `;
  }

  /**
   * @param {Thread} thread
   * @param {ThreadPlace | null} place
   */
  #replies({ root, replies }, place) {
    if (replies.error) {
      return html`
        <p class="log-problem" role="alert">
          <span>${replies.error}</span>
          <button
            type="button"
            class="button"
            data-size="small"
            @click=${this.#tryAgain}
          >${t("Try again")}</button>
        </p>
      `;
    }
    if (!replies.isLoaded) return root?.thread ? skeleton : nothing;
    const day = root && dayOf(root.created_at);
    const rows = this.app.view.threadRows.value.filter((row) =>
      row.kind !== "day" || row.day !== day
    );
    return html`
      ${replies.hasOlder
        ? html`<p class="log-loading">${replies.isLoadingOlder ? t("Loading…") : nothing}</p>`
        : nothing}
      <ol class="rows">${repeat(rows, (row) => row.key, (row) => this.#row(row, place))}</ol>
    `;
  }

  /**
   * @param {Row} row
   * @param {ThreadPlace | null} place
   */
  #row(row, place) {
    if (row.kind === "day") {
      const now = Date.parse(`${this.app.ui.today.value}T12:00:00`);
      return html`<li class="day"><time datetime=${row.day}>${dayLabel(row.day, now)}</time></li>`;
    }
    if (row.kind === "new") return html`<li class="new"><span>${t("New")}</span></li>`;
    if (row.kind !== "message") return nothing;
    return html`<li data-key=${row.key}>${this.#message(row, place)}</li>`;
  }

  /**
   * @param {MessageRow} row
   * @param {ThreadPlace | null} place
   */
  #message(row, place) {
    const targetSeq = place?.targetSeq ?? null;
    return messageRow(row, rowContext(this.app, row, { targetSeq, scope: "thread" }));
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
    const { place, thread } = this.#place();
    if (!log || !place || !thread?.replies.isLoaded) return;
    const landing = `${place.rootId}/${thread.replies.generation}/${place.targetSeq}`;
    const isEndWished = this.app.ui.threadEndWishes.peek() !== this.endWishesSeen;
    this.endWishesSeen = this.app.ui.threadEndWishes.peek();
    if (landing !== this.landedOn) {
      this.landedOn = landing;
      this.#land(log);
    } else if (isEndWished || (this.sticksToEnd && !thread.replies.hasNewer)) {
      log.scrollTop = log.scrollHeight;
    } else if (this.anchor?.element.isConnected) {
      const shift = this.anchor.element.getBoundingClientRect().top - this.anchor.top;
      if (shift !== 0) log.scrollTop += shift;
    }
    this.#measure();
  }

  /** @param {Element} log */
  #land(log) {
    log.scrollTop = log.scrollHeight;
    const target = log.querySelector('.message[data-state="target"]');
    if (target) {
      target.scrollIntoView({ block: "center" });
      return;
    }
    const divider = log.querySelector(".new");
    if (!divider) return;
    const top = divider.getBoundingClientRect().top - log.getBoundingClientRect().top;
    log.scrollTop -= Math.max(0, log.clientHeight / 4 - top);
  }

  #onScroll() {
    this.#measure();
    this.#lookAhead();
  }

  #measure() {
    const log = this.#log;
    const { thread } = this.#place();
    if (!log || !thread) return;
    const below = log.scrollHeight - log.scrollTop - log.clientHeight;
    this.sticksToEnd = below <= END_PX && !thread.replies.hasNewer;
    this.isFarFromEnd = below > log.clientHeight;
    this.app.attend({ isAtThreadEnd: this.sticksToEnd && thread.replies.isLoaded });
  }

  #lookAhead() {
    const log = this.#log;
    const { thread } = this.#place();
    if (!log || !thread?.replies.isLoaded || thread.replies.error !== null) return;
    const below = log.scrollHeight - log.scrollTop - log.clientHeight;
    if (log.scrollTop < AHEAD_PX) this.app.threadLoader.older(thread.rootId);
    if (below < AHEAD_PX) this.app.threadLoader.newer(thread.rootId);
  }

  /** A composer that grows, or a font that comes late, moves the end. */
  #keepEnd() {
    if (this.sticksToEnd && this.#log) this.#log.scrollTop = this.#log.scrollHeight;
  }

  #tryAgain() {
    const { place, thread } = this.#place();
    if (!place || !thread?.root) return;
    if (!thread.replies.isLoaded) this.app.threadLoader.replies(thread.root, place.targetSeq);
    else if (thread.replies.hasOlder) this.app.threadLoader.older(thread.rootId);
    else this.app.threadLoader.newer(thread.rootId);
  }

  #place() {
    return { place: this.app.view.threadPlace.peek(), thread: this.app.view.thread.peek() };
  }

  // ── What is said aloud, and by keys ───────────────────────────────────────────────────────

  /** The log itself is silent: replies that are loaded upwards must not be read out. */
  #announce() {
    const { thread } = this.#place();
    const last = thread?.replies.messages.at(-1);
    if (!thread?.replies.isLoaded || !last || last.seq <= this.announcedSeq) return;
    const isFirst = this.announcedSeq === 0;
    this.announcedSeq = last.seq;
    const announcer = this.querySelector("[data-announcer]");
    const isOwn = last.author_id === this.app.view.me.peek().id;
    if (isFirst || thread.replies.hasNewer || isOwn || !announcer) return;
    const name = displayName(this.app.view.users.peek(), last.author_id);
    announcer.textContent = t("{name} replied: {text}", { name, text: last.text });
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const target = /** @type {Element} */ (event.target);
    const current = target.closest(".message");
    if (event.defaultPrevented || (target !== this.#log && target !== current)) return;
    const rows = [...this.querySelectorAll(".message")];
    moveByKey(event, rows, current, rows.length);
  }
}

const skeleton = html`
  <div class="skeleton" aria-hidden="true"><i></i><i></i></div>
`;

customElements.define("parley-thread-log", ThreadLog);
