/**
 * @import { Emoji, EmojiGroup } from "../lib/emoji.js"
 * @import { EmojiWish } from "../ui_state.js"
 */

import { html, nothing } from "lit";
import { guard } from "lit/directives/guard.js";
import { loadEmoji, ownEmoji, searchEmoji, TONES, withoutTone, withTone } from "../lib/emoji.js";
import { t } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { icon } from "./icon.js";

const COLUMNS = 8;
const RECENT_MAX = 3 * COLUMNS;
const FOUND_MAX = 12 * COLUMNS;

/** Groups this near to what is seen are drawn; all 1,900 at once would make one wait. */
const DRAWN_AHEAD = "300px 0px";

/** @type {Record<string, { icon: string, title: () => string }>} */
const GROUPS = {
  recent: { icon: "clock", title: () => t("Frequently used") },
  own: { icon: "sparkles", title: () => t("This workspace's own") },
  smileys: { icon: "smile", title: () => t("Smileys") },
  people: { icon: "hand", title: () => t("People") },
  nature: { icon: "leaf", title: () => t("Animals and nature") },
  food: { icon: "cherry", title: () => t("Food and drink") },
  travel: { icon: "plane", title: () => t("Travel and places") },
  activities: { icon: "trophy", title: () => t("Activities") },
  objects: { icon: "lightbulb", title: () => t("Objects") },
  symbols: { icon: "shapes", title: () => t("Symbols") },
  flags: { icon: "flag", title: () => t("Flags") },
  found: { icon: "search", title: () => t("Found") },
};

/** Lets somebody choose one. It opens beside what asked, and the field for searching keeps the focus. */
class EmojiPicker extends SignalElement {
  static properties = {
    standard: { state: true },
    query: { state: true },
    drawn: { state: true },
    tone: { state: true },
    isBroken: { state: true },
    areTonesOpen: { state: true },
  };

  constructor() {
    super();
    /** @type {EmojiGroup[]} */
    this.standard = [];
    this.query = "";
    /** @type {ReadonlySet<string>} names of the groups that are in the page */
    this.drawn = new Set();
    this.tone = "";
    this.isBroken = false;
    this.areTonesOpen = false;
    /** @type {EmojiWish | null} */
    this.wish = null;
    /** @type {Emoji[]} those used most when it was opened: they do not move under the hand */
    this.recent = [];
    /** @type {{ group: string, index: number }} */
    this.active = { group: "", index: 0 };
    /** @type {IntersectionObserver | null} */
    this.observer = null;
    /** @type {Element | null} */
    this.home = null;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.observer?.disconnect();
    // The dialog in which it stood may be gone, with it inside.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#answer(null);
      this.home?.append(this);
    });
  }

  get #popover() {
    return /** @type {HTMLElement} */ (this.querySelector("[popover]"));
  }

  get #search() {
    return /** @type {HTMLInputElement} */ (this.querySelector("input"));
  }

  get #list() {
    return /** @type {HTMLElement} */ (this.querySelector(".picker-list"));
  }

  render() {
    this.app.ui.emojiWish.value;
    const groups = this.#groups();
    return html`
      <div class="picker" popover role="dialog" aria-label=${t("Emoji")} @toggle=${this.#onToggle}>
        <div class="picker-head">
          <input
            type="search"
            class="input"
            role="combobox"
            aria-label=${t("Find an emoji")}
            aria-expanded="true"
            aria-haspopup="grid"
            aria-controls="picker-grid"
            aria-autocomplete="list"
            autocomplete="off"
            placeholder=${t("Find an emoji")}
            .value=${this.query}
            @input=${this.#onInput}
            @keydown=${this.#onKey}
          >
        </div>
        ${this.query === "" ? this.#tabs(groups) : nothing}
        <div
          class="picker-list"
          id="picker-grid"
          role="grid"
          aria-label=${t("Emoji")}
          @click=${this.#onClick}
          @mouseover=${this.#onHover}
          @mousedown=${(/** @type {Event} */ event) => event.preventDefault()}
        >${groups.map((group) => this.#group(group))}</div>
        ${this.#emptiness(groups)}
        <div class="picker-foot">
          <p class="picker-preview" aria-hidden="true"></p>
          ${this.#tones()}
        </div>
      </div>
    `;
  }

  /** @returns {EmojiGroup[]} */
  #groups() {
    const own = Object.values(this.app.view.customEmoji.value).map(ownEmoji);
    if (this.query !== "") {
      const all = [...own, ...this.standard.flatMap(({ emoji }) => emoji)];
      const recent = this.app.emojiUse.top(RECENT_MAX);
      const emoji = searchEmoji(all, { query: this.query, recent, limit: FOUND_MAX });
      return [{ name: "found", emoji }].filter((group) => group.emoji.length > 0);
    }
    return [{ name: "recent", emoji: this.recent }, { name: "own", emoji: own }, ...this.standard]
      .filter(({ emoji }) => emoji.length > 0);
  }

  /** @param {EmojiGroup[]} groups */
  #tabs(groups) {
    return html`
      <div class="picker-tabs" role="toolbar" aria-label=${t("Groups")}>
        ${groups.map(({ name }) =>
          html`
            <button
              type="button"
              class="icon-button"
              tabindex="-1"
              data-group=${name}
              aria-label=${GROUPS[name]?.title() ?? name}
              title=${GROUPS[name]?.title() ?? name}
              @click=${() => this.#jump(name)}
            >${icon(GROUPS[name]?.icon ?? "smile")}</button>
          `
        )}
      </div>
    `;
  }

  /** @param {EmojiGroup} group */
  #group({ name, emoji }) {
    const isDrawn = name === "found" || this.drawn.has(name);
    return html`
      <div
        class="picker-group"
        role=${isDrawn ? "rowgroup" : "presentation"}
        data-group=${name}
        aria-labelledby=${isDrawn ? `picker-${name}` : nothing}
      >
        <h3 id="picker-${name}" role="presentation">${GROUPS[name]?.title() ?? name}</h3>
        ${guard(
          [emoji, isDrawn, this.tone, this.query],
          () => isDrawn ? this.#rows(name, emoji) : nothing,
        )}
      </div>
    `;
  }

  /**
   * @param {string} name
   * @param {Emoji[]} emoji
   */
  #rows(name, emoji) {
    const rows = [];
    for (let start = 0; start < emoji.length; start += COLUMNS) {
      const cells = emoji.slice(start, start + COLUMNS);
      rows.push(
        html`<div class="picker-row" role="row">${
          cells.map((one, offset) => this.#cell(name, start + offset, one))
        }</div>`,
      );
    }
    return rows;
  }

  /**
   * @param {string} group
   * @param {number} index
   * @param {Emoji} emoji
   */
  #cell(group, index, emoji) {
    const label = emoji.names[0]?.replaceAll("_", " ") ?? "";
    return html`
      <span
        class="picker-cell"
        id="picker-${group}-${index}"
        role="gridcell"
        aria-label=${label}
      >${emoji.picture
        ? html`<img class="emoji" src=${emoji.picture} alt="" loading="lazy">`
        : withTone(emoji, this.tone)}</span>
    `;
  }

  /** @param {EmojiGroup[]} groups */
  #emptiness(groups) {
    if (this.isBroken) {
      return html`
        <p class="picker-empty" role="alert">
          ${t("The emoji could not be loaded.")}
          <button type="button" class="link-button" @click=${this.#load}>${t("Try again")}</button>
        </p>
      `;
    }
    if (groups.length > 0 || this.query === "") return nothing;
    return html`<p class="picker-empty" role="status">${
      t("There is no emoji called “{name}”.", { name: this.query })
    }</p>`;
  }

  #tones() {
    const hand = (/** @type {string} */ tone) => `✋${tone}`;
    const names = [
      t("No skin tone"),
      t("Light skin tone"),
      t("Medium-light skin tone"),
      t("Medium skin tone"),
      t("Medium-dark skin tone"),
      t("Dark skin tone"),
    ];
    if (!this.areTonesOpen) {
      return html`
        <button
          type="button"
          class="icon-button picker-tone"
          aria-label=${t("Choose a skin tone")}
          title=${t("Choose a skin tone")}
          @click=${this.#openTones}
        >${hand(this.tone)}</button>
      `;
    }
    return html`
      <div class="picker-tones" role="radiogroup" aria-label=${t("Skin tone")} @keydown=${this
        .#onToneKey}>
        ${TONES.map((tone, index) =>
          html`
            <button
              type="button"
              class="icon-button picker-tone"
              role="radio"
              tabindex=${tone === this.tone ? 0 : -1}
              aria-checked=${tone === this.tone ? "true" : "false"}
              aria-label=${names[index] ?? ""}
              title=${names[index] ?? ""}
              @click=${() => this.#chooseTone(tone)}
            >${hand(tone)}</button>
          `
        )}
      </div>
    `;
  }

  updated() {
    const wish = this.app.ui.emojiWish.peek();
    if (wish !== this.wish) this.#follow(wish);
    this.#measure();
    this.#mark();
  }

  /** @param {EmojiWish | null} wish */
  #follow(wish) {
    this.wish = wish;
    if (!wish) {
      if (this.#popover.matches(":popover-open")) this.#popover.hidePopover();
      return;
    }
    // Over a modal dialog only what is inside of it can be used.
    this.home ??= this.parentElement;
    const place = wish.from.closest("dialog[open]") ?? this.home;
    if (place && this.parentElement !== place) place.append(this);
    this.app.loader.customEmoji();
    this.query = "";
    this.tone = this.app.emojiUse.tone;
    this.areTonesOpen = false;
    this.drawn = new Set();
    this.#load();
    const source = wish.from instanceof HTMLElement ? wish.from : undefined;
    this.#popover.showPopover(source ? { source } : undefined);
    this.#list.scrollTop = 0;
    this.#search.focus();
  }

  async #load() {
    this.isBroken = false;
    try {
      this.standard = await loadEmoji();
    } catch {
      this.isBroken = true;
      return;
    }
    const all = new Map(
      [
        ...Object.values(this.app.view.customEmoji.peek()).map(ownEmoji),
        ...this.standard.flatMap(({ emoji }) => emoji),
      ].map((emoji) => [withoutTone(emoji.id), emoji]),
    );
    this.recent = this.app.emojiUse.top(RECENT_MAX).map((id) => {
      const emoji = all.get(withoutTone(id));
      // As it was used, whatever tone is chosen now.
      return emoji && (emoji.picture ? emoji : { ...emoji, id, takesTone: false });
    }).filter((emoji) => emoji !== undefined);
    this.drawn = new Set(["recent", "own", "smileys"]);
    this.active = { group: this.#groups()[0]?.name ?? "", index: 0 };
    this.requestUpdate();
  }

  /** Groups that are not drawn yet are as high as they will be: nothing jumps. */
  #measure() {
    this.observer ??= new IntersectionObserver((entries) => this.#seen(entries), {
      root: this.#list,
      rootMargin: DRAWN_AHEAD,
    });
    this.observer.disconnect();
    const sizes = new Map(this.#groups().map(({ name, emoji }) => [name, emoji.length]));
    for (const element of this.querySelectorAll(".picker-group")) {
      const group = /** @type {HTMLElement} */ (element);
      const rows = Math.ceil((sizes.get(group.dataset.group ?? "") ?? 0) / COLUMNS);
      group.style.setProperty("--rows", String(rows));
      if (!this.drawn.has(group.dataset.group ?? "")) this.observer.observe(group);
    }
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #seen(entries) {
    const names = entries.filter(({ isIntersecting }) => isIntersecting)
      .map(({ target }) => /** @type {HTMLElement} */ (target).dataset.group ?? "");
    if (names.length > 0) this.drawn = new Set([...this.drawn, ...names]);
  }

  #mark() {
    const { group, index } = this.active;
    for (const cell of this.querySelectorAll("[aria-selected]")) {
      cell.removeAttribute("aria-selected");
    }
    const cell = this.querySelector(`#picker-${group}-${index}`);
    const preview = this.querySelector(".picker-preview");
    if (!cell) {
      this.#search.removeAttribute("aria-activedescendant");
      preview?.replaceChildren();
      return;
    }
    cell.setAttribute("aria-selected", "true");
    this.#search.setAttribute("aria-activedescendant", cell.id);
    const emoji = this.#emojiAt(group, index);
    const big = document.createElement("span");
    big.replaceChildren(...[...cell.childNodes].map((node) => node.cloneNode(true)));
    const name = document.createElement("b");
    name.textContent = emoji ? `:${emoji.names[0]}:` : "";
    preview?.replaceChildren(big, name);
  }

  /**
   * @param {string} group
   * @param {number} index
   */
  #emojiAt(group, index) {
    return this.#groups().find(({ name }) => name === group)?.emoji[index];
  }

  /** @param {Event} event */
  #onInput(event) {
    this.query = /** @type {HTMLInputElement} */ (event.target).value.replaceAll(":", "").trim();
    this.active = { group: this.query === "" ? this.#groups()[0]?.name ?? "" : "found", index: 0 };
    this.#list.scrollTop = 0;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.isComposing) return;
    const isAtEdge = this.query === "" || this.#search.selectionStart === this.query.length;
    const isRtl = getComputedStyle(this).direction === "rtl";
    const steps = /** @type {Record<string, number>} */ ({
      ArrowDown: COLUMNS,
      ArrowUp: -COLUMNS,
      ...(isAtEdge ? { ArrowRight: isRtl ? -1 : 1 } : {}),
      ...(isAtEdge ? { ArrowLeft: isRtl ? 1 : -1 } : {}),
    });
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      this.#move(step);
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.#choose(this.active.group, this.active.index);
    }
  }

  /** @param {number} step */
  #move(step) {
    const groups = this.#groups();
    const at = groups.findIndex(({ name }) => name === this.active.group);
    const group = groups[at];
    if (!group) return;
    const { index } = this.active;
    const column = index % COLUMNS;
    const count = group.emoji.length;
    const next = index + step;
    const isDown = step === COLUMNS;
    const lastRow = Math.floor((count - 1) / COLUMNS);
    if (next >= 0 && next < count) this.active = { group: group.name, index: next };
    else if (isDown && Math.floor(index / COLUMNS) < lastRow) {
      this.active = { group: group.name, index: count - 1 };
    } else {
      const neighbour = groups[at + Math.sign(step)];
      if (!neighbour) return;
      this.active = {
        group: neighbour.name,
        index: entrance(neighbour.emoji.length, step, column),
      };
    }
    this.drawn = new Set([...this.drawn, this.active.group]);
    this.#mark();
    this.updateComplete.then(() => {
      this.#mark();
      this.querySelector("[aria-selected]")?.scrollIntoView({ block: "nearest" });
    });
  }

  /** @param {string} name */
  #jump(name) {
    this.drawn = new Set([...this.drawn, name]);
    this.active = { group: name, index: 0 };
    this.#search.focus();
    this.#mark();
    this.updateComplete.then(() => {
      this.#mark();
      this.querySelector(`.picker-group[data-group="${name}"]`)?.scrollIntoView({ block: "start" });
    });
  }

  /** @param {Event} event */
  #onHover(event) {
    const place = placeOf(event.target);
    if (!place) return;
    this.active = place;
    this.#mark();
  }

  /** @param {Event} event */
  #onClick(event) {
    const place = placeOf(event.target);
    if (place) this.#choose(place.group, place.index);
  }

  /**
   * @param {string} group
   * @param {number} index
   */
  #choose(group, index) {
    const emoji = this.#emojiAt(group, index);
    if (!emoji) return;
    this.#answer(withTone(emoji, this.tone));
    this.#popover.hidePopover();
  }

  async #openTones() {
    this.areTonesOpen = true;
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector('[aria-checked="true"]'))?.focus();
  }

  /** @param {KeyboardEvent} event */
  #onToneKey(event) {
    const radios = /** @type {HTMLElement[]} */ ([...this.querySelectorAll('[role="radio"]')]);
    const at = radios.indexOf(/** @type {HTMLElement} */ (event.target));
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    radios[(at + step + radios.length) % radios.length]?.focus();
  }

  /** @param {string} tone */
  #chooseTone(tone) {
    this.tone = tone;
    this.app.emojiUse.tone = tone;
    this.areTonesOpen = false;
    this.#search.focus();
  }

  /** @param {ToggleEvent} event */
  #onToggle(event) {
    if (event.newState === "closed") this.#answer(null);
  }

  /** @param {string | null} emoji */
  #answer(emoji) {
    const { wish } = this;
    if (!wish) return;
    this.wish = null;
    if (this.app.ui.emojiWish.peek() === wish) this.app.ui.emojiWish.value = null;
    wish.resolve(emoji);
  }
}

/**
 * Where one comes into the next group.
 *
 * @param {number} count of its emoji
 * @param {number} step
 * @param {number} column
 */
function entrance(count, step, column) {
  if (step === 1) return 0;
  if (step === -1) return count - 1;
  if (step > 0) return Math.min(column, count - 1);
  const lastRow = Math.floor((count - 1) / COLUMNS) * COLUMNS;
  return Math.min(lastRow + column, count - 1);
}

/** @param {EventTarget | null} target */
function placeOf(target) {
  const cell = target instanceof Element ? target.closest(".picker-cell") : null;
  const found = /^picker-([a-z]+)-(\d+)$/.exec(cell?.id ?? "");
  return found ? { group: found[1] ?? "", index: Number(found[2]) } : null;
}

customElements.define("parley-emoji-picker", EmojiPicker);
