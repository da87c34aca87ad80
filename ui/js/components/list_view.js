/**
 * @import { List, ListEntry, ListName } from "../store/lists.js"
 */

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { t } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { actByKey, moveByKey } from "./message_keys.js";

/** The next page is asked for this far before the end. */
const AHEAD_PX = 1_000;

/** @type {Map<string, number>} where each list was left, for whoever comes back to it */
const places = new Map();

/**
 * A list from the store, page by page: while it comes, when it fails, when it is empty, and by keys.
 * What a line looks like is said by whoever shows it.
 */
class ListView extends SignalElement {
  static properties = {
    name: { attribute: false },
    label: { attribute: false },
    row: { attribute: false },
    empty: { attribute: false },
    list: { attribute: false },
    isGrid: { attribute: false },
  };

  constructor() {
    super();
    // Not class fields: they would hide the accessors that Lit puts on the prototype.
    /** @type {ListName} in the store */
    this.name;
    /** @type {List | undefined} one that is not in the store */
    this.list;
    /** @type {string} */
    this.label;
    /** @type {(entry: ListEntry) => unknown} `nothing` leaves a line out */
    this.row;
    /** @type {unknown} */
    this.empty;
    /** @type {boolean} the lines stand beside each other */
    this.isGrid = false;
    this.shownSubject = "";
  }

  get #list() {
    return this.list ?? this.app.view.lists.peek()[this.name];
  }

  get #scroller() {
    return this.querySelector(".list");
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.shownSubject = "";
  }

  updated() {
    const list = this.#list;
    if (!list) return;
    if (list.isStale && list.isLoaded && !list.problem) this.app.lists.refresh(this.name);
    if (list.isLoaded && this.shownSubject !== list.subject) {
      this.shownSubject = list.subject;
      this.#scroller?.scrollTo(0, places.get(this.#place(list)) ?? 0);
    }
    this.#lookAhead();
  }

  render() {
    const list = this.list ?? this.app.view.lists.value[this.name];
    return html`
      <div
        class="list"
        ?data-outdated=${list?.isOutdated}
        role="region"
        aria-label=${this.label}
        aria-busy=${list?.isLoaded ? "false" : "true"}
        tabindex="0"
        @scroll=${this.#onScroll}
        @keydown=${this.#onKey}
        @click=${this.#onClick}
      >${this.#content(list)}</div>
    `;
  }

  /** @param {List | undefined} list */
  #content(list) {
    if (!list?.isLoaded) return list?.problem ? this.#problem(list.problem.text) : skeleton;
    const lines = list.entries.map((entry) => ({ key: entry.key, line: this.row(entry) }))
      .filter(({ line }) => line !== nothing);
    if (lines.length === 0 && !list.hasMore) return this.empty;
    return html`
      <ol class="list-rows" ?data-grid=${this.isGrid}>${repeat(
        lines,
        ({ key }) => key,
        ({ key, line }) => html`<li class="list-row" data-key=${key} tabindex="-1">${line}</li>`,
      )}</ol>
      ${list.problem
        ? this.#problem(list.problem.text)
        : list.isLoading
        ? html`<p class="log-loading" role="status">${t("Loading…")}</p>`
        : list.hasMore
        ? html`
          <p class="list-more"><button
            type="button"
            class="button"
            data-size="small"
            @click=${() => this.app.lists.more(this.name)}
          >${t("Show more")}</button></p>
        `
        : nothing}
    `;
  }

  /** @param {string} text */
  #problem(text) {
    return html`
      <p class="log-problem" role="alert">
        <span>${text}</span>
        <button
          type="button"
          class="button"
          data-size="small"
          @click=${() => this.app.lists.again(this.name)}
        >${t("Try again")}</button>
      </p>
    `;
  }

  #onScroll() {
    const list = this.#list;
    if (list && this.#scroller) places.set(this.#place(list), this.#scroller.scrollTop);
    this.#lookAhead();
  }

  /** @param {List} list */
  #place({ subject }) {
    return `${this.name} ${subject}`;
  }

  #lookAhead() {
    const scroller = this.#scroller;
    const list = this.#list;
    if (!scroller || !list?.isLoaded || list.problem) return;
    const below = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
    // What was looked through in vain is gone on with by hand.
    if (below < AHEAD_PX && list.entries.length > 0) this.app.lists.more(this.name);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const current = target.closest(".list-row");
    if (target !== this.#scroller && target !== current) return;
    const rows = [...this.querySelectorAll(".list-row")];
    if (moveByKey(event, rows, current, 0)) return;
    if (!current || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter") {
      event.preventDefault();
      /** @type {HTMLElement | null} */ (current.querySelector("[data-open]"))?.click();
      return;
    }
    const key = current.getAttribute("data-key");
    const messages = this.#list?.entries.find((entry) => entry.key === key)?.messages ?? [];
    if (messages.length === 1 && messages[0]) actByKey(this.app, event, messages[0], current);
  }

  /** @param {MouseEvent} event a line is a large target: wherever nothing else is, it opens */
  #onClick(event) {
    const target = /** @type {Element} */ (event.target);
    const row = target.closest(".list-row");
    const isElse = target.closest("a, button, input, textarea, label, summary, [popover], form");
    if (!row || isElse || event.defaultPrevented || getSelection()?.isCollapsed === false) return;
    const link = row.querySelector("[data-open]");
    const { ctrlKey, metaKey, shiftKey, button } = event;
    const opening = new MouseEvent("click", {
      bubbles: true,
      cancelable: true,
      ctrlKey,
      metaKey,
      shiftKey,
      button,
    });
    link?.dispatchEvent(opening);
  }
}

const skeleton = html`
  <div class="skeleton" aria-hidden="true"><i></i><i></i><i></i></div>
`;

customElements.define("parley-list", ListView);
