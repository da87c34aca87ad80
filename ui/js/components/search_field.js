/** @import { Suggestion } from "../lib/search_words.js" */

import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { DATE_FILTERS, filterOf, suggestions, withWord, wordAt } from "../lib/search_words.js";
import { SignalElement } from "../lib/signal_element.js";
import { LIMIT } from "../protocol.generated.js";
import { withUsers } from "../store/snapshots.js";
import { icon } from "./icon.js";

/**
 * Where one types what to search for. It offers what could come next; what is typed is what counts.
 *
 * Says `typed` with each change and `chosen` when somebody is done.
 */
class SearchField extends SignalElement {
  static properties = {
    value: { attribute: false },
    problem: { attribute: false },
    recent: { attribute: false },
    isOpen: { state: true },
    active: { state: true },
    caret: { state: true },
  };

  constructor() {
    super();
    /** @type {string} what the address says */
    this.value = "";
    /** @type {string} */
    this.problem = "";
    /** @type {string[]} */
    this.recent = [];
    this.isOpen = false;
    /** Which suggestion the arrows have reached; -1: none. */
    this.active = -1;
    this.caret = 0;
    /** Newer than what the address says. */
    this.isTyping = false;
    /** Somebody wants to see what could come next. */
    this.isAsked = false;
    this.onOutside = this.#onOutside.bind(this);
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("pointerdown", this.onOutside);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener("pointerdown", this.onOutside);
  }

  get #field() {
    return /** @type {HTMLInputElement} */ (this.querySelector("input[type=search]"));
  }

  firstUpdated() {
    this.#field.value = this.value;
    this.caret = this.value.length;
    this.#field.focus();
    this.#field.setSelectionRange(this.caret, this.caret);
    this.#readPeople();
  }

  /** @param {import("lit").PropertyValues} changed */
  updated(changed) {
    // Whoever goes back in the address finds the search of then; whoever types is left alone.
    const isOther = changed.has("value") && this.#field.value.trim() !== this.value.trim();
    if (isOther && !this.isTyping) {
      this.#field.value = this.value;
      this.caret = this.value.length;
    }
    if (this.#field.value === this.value) this.isTyping = false;
    this.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }

  render() {
    const options = this.isOpen ? this.#options() : [];
    const isShown = this.isOpen && options.length > 0;
    const hasDate = isShown && this.#dateFilter() !== null;
    return html`
      <form class="search-field" role="search" @submit=${this.#onSubmit}>
        ${icon("search")}
        <input
          type="search"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          enterkeyhint="search"
          maxlength=${LIMIT.SEARCH_MAX_CHARS}
          placeholder=${t("Search messages and files")}
          role="combobox"
          aria-label=${t("Search messages and files")}
          aria-autocomplete="list"
          aria-controls="search-options"
          aria-expanded=${isShown ? "true" : "false"}
          aria-activedescendant=${isShown && this.active >= 0
            ? `search-option-${this.active}`
            : nothing}
          aria-invalid=${this.problem ? "true" : nothing}
          aria-describedby=${this.problem ? "search-problem" : nothing}
          @input=${this.#onInput}
          @click=${this.#onCaret}
          @keyup=${this.#onCaret}
          @keydown=${this.#onKey}
        />
        <div class="search-options" ?hidden=${!isShown}>
          <ul id="search-options" role="listbox" aria-label=${t("Suggestions")}>${options.map(
            (option, index) =>
              html`
                <li
                  id="search-option-${index}"
                  role="option"
                  aria-selected=${index === this.active ? "true" : "false"}
                  @pointerdown=${(/** @type {Event} */ event) => event.preventDefault()}
                  @click=${() => this.#choose(option)}
                >${icon(option.icon)}<span>${option.label}</span><span class="hint">${option
                  .hint}</span></li>
              `,
          )}</ul>
          ${hasDate
            ? html`
              <label class="search-date">${icon("calendar")}<span>${t("Or a day:")}</span>
                <input type="date" @change=${this.#onDate} />
              </label>
            `
            : nothing}
        </div>
      </form>
      ${this.problem
        ? html`<p class="search-problem" id="search-problem" role="alert">${this.problem}</p>`
        : nothing}
    `;
  }

  #word() {
    const text = this.hasUpdated ? this.#field.value : this.value;
    return wordAt(text, Math.min(this.caret, text.length));
  }

  /** @returns {Suggestion[]} */
  #options() {
    const { view } = this.app;
    const text = this.hasUpdated ? this.#field.value : this.value;
    const past = text === ""
      ? this.recent.map((insert) => ({
        insert,
        label: insert,
        hint: "",
        icon: "history",
        isWhole: false,
      }))
      : [];
    const meId = view.me.value.id;
    const known = {
      people: Object.values(view.users.value).filter(({ id, is_active }) =>
        id !== meId && is_active
      ).map(({ username, display_name }) => ({ username, name: display_name })),
      channels: Object.values(view.channels.value).filter(({ kind }) => kind !== "dm"),
    };
    const word = this.#word().text;
    // After a finished word one wants to see what was found.
    if (word === "" && text !== "" && !this.isAsked) return [];
    const offered = suggestions(word, known, hintOf).filter(({ insert }) => insert !== word);
    return [...past, ...offered];
  }

  #dateFilter() {
    const parts = filterOf(this.#word().text);
    return parts && DATE_FILTERS.includes(parts.filter) ? parts.filter : null;
  }

  #onInput() {
    this.isOpen = true;
    this.isTyping = true;
    this.isAsked = false;
    this.active = -1;
    this.#onCaret();
    this.dispatchEvent(new CustomEvent("typed", { detail: this.#field.value }));
  }

  #onCaret() {
    this.caret = this.#field.selectionStart ?? this.#field.value.length;
    this.requestUpdate();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.isComposing) return;
    const options = this.isOpen ? this.#options() : [];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!this.isOpen || options.length === 0) {
        this.isOpen = true;
        this.isAsked = true;
        this.requestUpdate();
        return;
      }
      const step = event.key === "ArrowDown" ? 1 : -1;
      const count = options.length + 1;
      // One place of the circle is the field itself.
      this.active = (this.active + 1 + step + count) % count - 1;
    } else if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      this.isOpen = false;
    } else if (event.key === "Tab" && !event.shiftKey && this.active >= 0) {
      const option = options[this.active];
      if (!option) return;
      event.preventDefault();
      this.#choose(option);
    }
  }

  /** @param {Event} event */
  #onSubmit(event) {
    event.preventDefault();
    const option = this.isOpen ? this.#options()[this.active] : undefined;
    if (option) {
      this.#choose(option);
      return;
    }
    this.isOpen = false;
    this.dispatchEvent(new CustomEvent("chosen", { detail: this.#field.value }));
  }

  /** @param {Pick<Suggestion, "insert" | "isWhole">} option */
  #choose(option) {
    const field = this.#field;
    const { text, caret } = withWord(field.value, this.#word(), option);
    field.value = text;
    field.focus();
    field.setSelectionRange(caret, caret);
    this.#onInput();
    this.isOpen = !option.isWhole;
  }

  /** @param {Event} event */
  #onDate(event) {
    const { value } = /** @type {HTMLInputElement} */ (event.target);
    const filter = this.#dateFilter();
    if (value && filter) this.#choose({ insert: `${filter}:${value}`, isWhole: true });
  }

  /** @param {Event} event */
  #onOutside(event) {
    if (!this.contains(/** @type {Node} */ (event.target))) this.isOpen = false;
  }

  /** Whom one could mean. */
  async #readPeople() {
    try {
      /** @type {import("../protocol.generated.d.ts").User[]} */
      const people = await this.app.api.all("users");
      this.app.store.update((state) => withUsers(state, people));
    } catch {
      // Then those are offered whose messages one has seen.
    }
  }
}

/** @param {string} key */
function hintOf(key) {
  return HINTS[key]?.() ?? "";
}

/** @type {Record<string, () => string>} */
const HINTS = {
  from: () => t("who said it"),
  in: () => t("where it was said"),
  has: () => t("what is with it"),
  is: () => t("what it is"),
  before: () => t("before a day"),
  after: () => t("after a day"),
  on: () => t("on a day"),
  me: () => t("you"),
  today: () => t("today"),
  yesterday: () => t("yesterday"),
  "has:link": () => t("a link"),
  "has:code": () => t("code"),
  "has:file": () => t("any file"),
  "has:image": () => t("a picture"),
  "has:reaction": () => t("a reaction"),
  "has:pin": () => t("a pin"),
  "has:thread": () => t("replies"),
  "is:thread": () => t("a reply in a thread"),
  "is:edited": () => t("changed after it was sent"),
  "is:pinned": () => t("pinned to its channel"),
  "is:saved": () => t("saved by you"),
  "is:mine": () => t("said by you"),
};

customElements.define("parley-search-field", SearchField);
