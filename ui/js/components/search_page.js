/**
 * @import { File } from "../protocol.generated.d.ts"
 * @import { ListEntry } from "../store/lists.js"
 */

import { effect, signal } from "@preact/signals-core";
import { html, nothing } from "lit";
import { fileSize } from "../lib/files.js";
import { t } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { Shelf } from "../lib/storage.js";
import { readAround, readSearch } from "../rest/lists.js";
import { pageRoute } from "../router.js";
import { sentence } from "../session/loader.js";
import { avatar } from "./avatar.js";
import { icon } from "./icon.js";
import { listedMessage, placeLine } from "./list_rows.js";
import "./list_view.js";
import { emptyState } from "./page_bar.js";
import "./search_field.js";

/** What is asked while somebody types waits for a pause of this length. */
const PAUSE_MS = 200;

const RECENT_MAX = 8;

/** What the server says about the search itself, not about the way to it. */
const ABOUT_QUERY = ["invalid", "search_too_broad"];

/** Finding what was said. The text in the field is all there is to a search. */
class SearchPage extends SignalElement {
  constructor() {
    super();
    this.row = this.#row.bind(this);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.pause = undefined;
    /** Those lines whose surroundings are shown or on their way. */
    this.opened = signal(/** @type {ReadonlySet<string>} */ (new Set()));
    this.stopFollowing = () => {};
  }

  firstUpdated() {
    // The address is what is searched for, also when one comes back to it.
    this.stopFollowing = effect(() => {
      const { page, query } = this.app.router.route.value;
      if (page === "search") this.#search(query);
    });
  }

  get #shelf() {
    return new Shelf(`parley.searches.${this.app.store.state.me.id}`);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.pause);
    this.stopFollowing();
  }

  render() {
    const { app } = this;
    const { query } = app.router.route.value;
    const list = app.view.lists.value.search;
    const problem = query.trim() !== "" && list?.subject === query.trim() && list.problem &&
        ABOUT_QUERY.includes(list.problem.code)
      ? list.problem.text
      : "";
    return html`
      <header class="bar search-bar">
        <button
          type="button"
          class="icon-button bar-back"
          aria-label=${t("Back to channels")}
          @click=${() => app.router.backToList()}
        >${icon("arrow-left")}</button>
        <h1 class="vh">${t("Search")}</h1>
        <parley-search-field
          .app=${app}
          .value=${query}
          .problem=${problem}
          .recent=${this.#recent()}
          @typed=${this.#onTyped}
          @chosen=${this.#onChosen}
        ></parley-search-field>
      </header>
      ${query.trim() === ""
        ? this.#start()
        : problem
        ? this.#hints(t("This cannot be searched for"), "")
        : html`
          <parley-list
            .app=${app}
            .name=${"search"}
            .label=${t("Messages found")}
            .row=${this.row}
            .empty=${this.#hints(
              t("Nothing was found"),
              t("Only what you may read is searched, and nothing that was deleted."),
            )}
          ></parley-list>
        `}
    `;
  }

  #start() {
    const recent = this.#recent();
    return html`
      <div class="list" tabindex="0" role="region" aria-label=${t("How to search")}>
        <div class="search-start">
          ${recent.length === 0 ? nothing : html`
            <section aria-labelledby="search-recent">
              <h2 id="search-recent">${t("Searched for lately")}</h2>
              <ul class="search-recent">${recent.map((text) =>
                html`
                  <li>
                    <button type="button" @click=${() => this.#go(text)}>${icon(
                      "history",
                    )}<span>${text}</span></button>
                  </li>
                `
              )}</ul>
              <button type="button" class="list-act" @click=${this.#forget}>${t("Clear")}</button>
            </section>
          `}
          <section aria-labelledby="search-help">
            <h2 id="search-help">${t("What one can type")}</h2>
            <dl class="search-help">${help().map(([example, meaning]) =>
              html`
                <dt><button type="button" @click=${() =>
                  this.#go(example)}><code>${example}</code></button></dt>
                <dd>${meaning}</dd>
              `
            )}</dl>
          </section>
        </div>
      </div>
    `;
  }

  /**
   * @param {string} title
   * @param {string} text
   */
  #hints(title, text) {
    const { query } = this.app.router.route.value;
    const words = query.split(/\s+/).filter((word) => !/^-?[a-z]+:/i.test(word)).join(" ");
    const isFiltered = words.trim() !== "" && words !== query.trim();
    return emptyState({
      name: "search",
      title,
      text,
      more: html`
        <ul class="search-hints">
          ${isFiltered
            ? html`<li><button type="button" class="list-act" @click=${() => this.#go(words)}>${
              t("Search without filters: {words}", { words })
            }</button></li>`
            : nothing}
          <li>${t("A beginning is enough: depl finds deployed.")}</li>
          <li>${t("Fewer words find more.")}</li>
        </ul>
      `,
    });
  }

  // ── Results ───────────────────────────────────────────────────────────────────────────────

  /** @param {ListEntry} entry */
  #row(entry) {
    const [message, ...around] = entry.messages;
    if (!message) return nothing;
    const { view } = this.app;
    const author = view.users.value[message.author_id];
    const isOpen = this.opened.value.has(entry.key);
    const before = around.filter(({ seq }) => seq < message.seq);
    const after = around.filter(({ seq }) => seq > message.seq);
    const tools = html`
      <button
        type="button"
        class="list-act"
        aria-expanded=${isOpen ? "true" : "false"}
        @click=${() => this.#toggleContext(entry)}
      >${isOpen ? t("Hide context") : t("Show context")}</button>
    `;
    return html`
      ${placeLine(this.app, message, { hasTime: true, tools })} ${isOpen
        ? before.map((one) => listedMessage(this.app, one))
        : nothing}
      <article class="result" ?data-open=${isOpen}>
        ${avatar(author, view.presence.value[message.author_id] ?? "unknown")}
        <p class="result-by">
          <b>${author?.display_name || author?.username || "…"}</b>
        </p>
        ${snippet(entry)} ${files(message.files)}
      </article>
      ${isOpen ? after.map((one) => listedMessage(this.app, one)) : nothing}
    `;
  }

  /** @param {ListEntry} entry */
  async #toggleContext(entry) {
    const opened = new Set(this.opened.peek());
    const isOpen = opened.delete(entry.key);
    if (!isOpen) opened.add(entry.key);
    this.opened.value = opened;
    if (isOpen || entry.messages.length > 1) return;
    try {
      await this.app.lists.context("search", entry, readAround);
    } catch (error) {
      this.opened.value = new Set([...this.opened.peek()].filter((key) => key !== entry.key));
      this.app.ui.say(t("The context could not be read. {reason}", { reason: sentence(error) }));
    }
  }

  // ── Asking ────────────────────────────────────────────────────────────────────────────────

  /** @param {CustomEvent<string>} event */
  #onTyped({ detail }) {
    clearTimeout(this.pause);
    this.pause = setTimeout(
      () => this.app.router.replace(pageRoute("search", detail)),
      PAUSE_MS,
    );
  }

  /** @param {CustomEvent<string>} event */
  #onChosen({ detail }) {
    this.#go(detail);
    /** @type {HTMLElement | null} */ (this.querySelector(".list"))?.focus();
  }

  /** @param {string} text */
  #go(text) {
    clearTimeout(this.pause);
    this.#remember(text);
    this.app.router.replace(pageRoute("search", text));
  }

  /** @param {string} text */
  #search(text) {
    const wanted = text.trim();
    const list = this.app.store.state.lists.search;
    if (wanted === "" || (list?.subject === wanted && !list.problem)) return;
    this.opened.value = new Set();
    this.app.lists.begin(
      "search",
      wanted,
      (api, subject, cursor) => readSearch(api, subject, cursor),
      { keeps: true },
    );
  }

  // ── Searched for lately ───────────────────────────────────────────────────────────────────

  /** @returns {string[]} */
  #recent() {
    try {
      const stored = JSON.parse(this.#shelf.get("") ?? "[]");
      return Array.isArray(stored) ? stored.filter((one) => typeof one === "string") : [];
    } catch {
      return [];
    }
  }

  /** @param {string} text */
  #remember(text) {
    const wanted = text.trim();
    if (wanted === "") return;
    const recent = [wanted, ...this.#recent().filter((one) => one !== wanted)];
    this.#shelf.set("", JSON.stringify(recent.slice(0, RECENT_MAX)));
  }

  #forget() {
    this.#shelf.set("", null);
    this.requestUpdate();
  }
}

/** @param {ListEntry} entry */
function snippet({ snippet: parts }) {
  if (!parts || parts.length === 0) return nothing;
  return html`<p class="result-text">${
    parts.map(({ text, is_match }) => is_match ? html`<mark>${text}</mark>` : text)
  }</p>`;
}

/** @param {File[]} found */
function files(found) {
  if (found.length === 0) return nothing;
  return html`<ul class="result-files">${
    found.map((file) => {
      const smallest = file.thumbnails[0];
      return html`<li>${
        smallest
          ? html`
            <img
              src="/api/v1/files/${file.id}/thumbnail/${smallest.size}"
              alt=""
              loading="lazy"
              width="32"
              height="32"
            />
          `
          : icon("file")
      }<span>${file.name}</span><span class="hint">${fileSize(file.size)}</span></li>`;
    })
  }</ul>`;
}

/** @returns {[string, string][]} */
function help() {
  return [
    ['"the deploy failed"', t("these words one after another")],
    ["from:me", t("what you said; from:@name for somebody else")],
    ["in:#general", t("in a channel, or in:@name for a direct conversation")],
    ["has:file", t("also link, code, image, reaction, pin, thread")],
    ["is:saved", t("also thread, edited, pinned, mine")],
    ["after:yesterday", t("also before: and on:, with a date such as 2026-11-01")],
    ["-staging", t("leaves out what has this word; so can filters")],
  ];
}

customElements.define("parley-search-page", SearchPage);
