/**
 * @import { PropertyValues } from "lit"
 * @import { ChannelView } from "../protocol.generated.d.ts"
 * @import { MessageRow, Row } from "../store/rows.js"
 * @import { Timeline } from "../store/timeline.js"
 * @import { Sight } from "./log_scroll.js"
 */

import { html, nothing } from "lit";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import { t, tn } from "../lib/i18n.js";
import { everyday } from "../lib/parts.js";
import { SignalElement } from "../lib/signal_element.js";
import { dayLabel } from "../lib/time.js";
import { channelBeginning } from "./channel_beginning.js";
import { channelIcon, icon } from "./icon.js";
import { LogAnnouncer } from "./log_announcer.js";
import { LogScroll } from "./log_scroll.js";
import { finishBodies } from "./message_body.js";
import { moveByKey } from "./message_keys.js";
import { messageRow, rowContext } from "./message_row.js";
import { noticeRow } from "./notice_row.js";
import { unreadBar } from "./unread_bar.js";

/** The messages of the open channel. */
class MessageLog extends SignalElement {
  static properties = { sight: { state: true } };

  constructor() {
    super();
    /** @type {Sight} */
    this.sight = { isFarFromEnd: false, isDividerAbove: false };
    /** @type {LogScroll} */
    this.scroller;
    /** @type {LogAnnouncer} */
    this.announcer;
    this.onHide = () => this.scroller.savePosition();
  }

  connectedCallback() {
    this.scroller = new LogScroll(this.app, (sight) => this.sight = sight);
    this.announcer = new LogAnnouncer(this.app, (text) => {
      const announcer = this.querySelector("[data-announcer]");
      if (announcer) announcer.textContent = text;
    });
    super.connectedCallback();
    const log = this.#log;
    if (log) this.scroller.attach(log);
    addEventListener("pagehide", this.onHide);
    document.addEventListener("visibilitychange", this.onHide);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener("pagehide", this.onHide);
    document.removeEventListener("visibilitychange", this.onHide);
    this.scroller.detach();
    this.announcer.stop();
  }

  get #log() {
    return this.querySelector(".log");
  }

  firstUpdated() {
    const log = this.#log;
    if (log) this.scroller.attach(log);
  }

  /** @param {PropertyValues} changed */
  update(changed) {
    this.scroller.hold();
    super.update(changed);
  }

  updated() {
    finishBodies(this, this.app);
    this.scroller.settle();
    this.announcer.consider(this.scroller.landedOn);
    this.scroller.lookAhead();
  }

  render() {
    const { view, ui } = this.app;
    const channel = view.channel.value;
    const timeline = view.timeline.value;
    ui.endWishes.value;
    const unread = view.unreadHere.value;
    const isPillShown = timeline?.isLoaded &&
      (timeline.hasNewer || this.sight.isFarFromEnd || (unread > 0 && !this.scroller.sticksToEnd));
    return html`
      ${this.#bar(timeline)}
      <div
        class="log"
        id="messages"
        role="log"
        aria-live="off"
        aria-label=${t("Messages in {name}", { name: channel?.name ?? "" })}
        aria-busy=${timeline && !timeline.isLoaded ? "true" : "false"}
        tabindex="0"
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
            ${
          unread > 0
            ? tn("{count} new message", "{count} new messages", unread)
            : t("Jump to latest")
        }
            ${icon("arrow-down")}
          </button>`
        : nothing}
      <parley-date-menu .app=${this.app}></parley-date-menu>
      <p class="vh" role="status" aria-live="polite" data-announcer></p>
    `;
  }

  /** @param {Timeline | null} timeline */
  #bar(timeline) {
    const dividerAfter = this.app.view.place.value?.dividerAfter ?? null;
    if (!timeline?.isLoaded || dividerAfter === null || !this.sight.isDividerAbove) return nothing;
    return unreadBar(this.app, timeline, { dividerAfter, onJump: () => this.#toDivider() });
  }

  #toDivider() {
    const place = this.app.view.place.peek();
    if (this.querySelector(".new")) this.scroller.toDivider();
    else if (place?.dividerAfter) this.app.loader.timeline(place.channelId, place.dividerAfter);
  }

  /** @param {Timeline | null} timeline */
  #top(timeline) {
    if (timeline?.error) {
      return html`
        <p class="log-problem" role="alert">
          <span>${timeline.error}</span>
          <button type="button" class="button" data-size="small" @click=${this.#tryAgain}>${t(
            "Try again",
          )}</button>
        </p>
      `;
    }
    if (!timeline?.isLoaded) return skeleton;
    if (timeline.hasOlder) {
      return html`<p class="log-loading">${timeline.isLoadingOlder ? t("Loading…") : ""}</p>`;
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
    const isWritable = channel.membership !== null && channel.archived_at === null;
    return html`
      <header class="log-start">
        <span class="log-start-icon">${channelIcon(channel)}</span>
        <h2>${t("This is the very start of {name}", { name: channel.name })}</h2>
        <p>
          ${channel.kind === "dm"
            ? t("Only the people named above can read what is written here.")
            : channel.kind === "private"
            ? t("Only people who were added can read what is written here.")
            : t("Everyone in the workspace can find this channel and join it.")}
          ${isEmpty && isWritable ? t("Write the first message below.") : ""}
        </p>
        ${channelBeginning(this.app, channel)}
      </header>
    `;
  }

  /** @param {Row} row */
  #row(row) {
    if (row.kind === "day") return this.#day(row.day);
    if (row.kind === "new") return html`<li class="new"><span>${t("New")}</span></li>`;
    if (row.kind === "notice") {
      const users = this.app.view.users.value;
      return html`<li data-key=${row.key}>${
        guard([users, ...row.notices], () => noticeRow(row.notices, users))
      }</li>`;
    }
    return html`<li data-key=${row.key}>${this.#message(row)}</li>`;
  }

  /** @param {string} day */
  #day(day) {
    const label = dayLabel(day, Date.parse(`${this.app.ui.today.value}T12:00:00`));
    return html`
      <li class="day">
        <button
          type="button"
          tabindex="-1"
          aria-haspopup="dialog"
          title=${t("Jump to date")}
          @click=${(/** @type {Event} */ event) =>
            this.#openDates(/** @type {HTMLElement} */ (event.currentTarget), day)}
        ><time datetime=${day}>${label}</time></button>
      </li>
    `;
  }

  /**
   * @param {HTMLElement} from
   * @param {string} day
   */
  async #openDates(from, day) {
    try {
      await everyday();
      const menu = this.querySelector("parley-date-menu");
      /** @type {import("./date_menu.js").DateMenu} */ (menu).open(from, day);
    } catch {
      this.app.ui.missPart();
    }
  }

  /** @param {MessageRow} row */
  #message(row) {
    const targetSeq = this.app.view.place.value?.targetSeq ?? null;
    return messageRow(row, rowContext(this.app, row, { targetSeq }));
  }

  #tryAgain() {
    const place = this.app.view.place.peek();
    const timeline = this.app.view.timeline.peek();
    if (!place) return;
    if (!timeline?.isLoaded) this.app.loader.timeline(place.channelId, place.targetSeq);
    else if (timeline.hasOlder) this.app.loader.older(place.channelId);
    else this.app.loader.newer(place.channelId);
  }

  /**
   * From message to message. What the other keys do is said by each message.
   *
   * @param {KeyboardEvent} event
   */
  #onKey(event) {
    const target = /** @type {Element} */ (event.target);
    const current = target.closest(".message");
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (target !== this.#log && target !== current) return;
    if (event.key === "Escape" && current) {
      event.preventDefault();
      this.app.ui.composerWishes.value += 1;
      return;
    }
    const rows = [...this.querySelectorAll(".message")];
    moveByKey(event, rows, current, rows.length);
  }
}

const skeleton = html`
  <div class="skeleton" aria-hidden="true"><i></i><i></i><i></i></div>
`;

customElements.define("parley-message-log", MessageLog);
