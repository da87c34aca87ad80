/**
 * @import { App } from "../app.js"
 * @import { MenuWish } from "../ui_state.js"
 */

import { html, nothing } from "lit";
import { possibleActs } from "../acts/message_acts.js";
import { t } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { emojiText, emojiView } from "./emoji_view.js";
import { icon } from "./icon.js";

/** Emoji at hand above the acts. */
const FAVOURITES = 5;

/** Everything that one can do with a message. Under a finger it comes from below. */
class MessageMenu extends SignalElement {
  constructor() {
    super();
    /** @type {MenuWish | null} */
    this.shown = null;
  }

  get #menu() {
    return /** @type {HTMLElement} */ (this.querySelector("[popover]"));
  }

  render() {
    const wish = this.app.ui.menuWish.value;
    return html`
      <div
        class="menu message-menu"
        popover
        role="menu"
        aria-label=${t("Message actions")}
        @toggle=${this.#onToggle}
        @keydown=${this.#onKey}
        @contextmenu=${keepToItself}
      >${wish ? this.#items(wish) : nothing}</div>
    `;
  }

  updated() {
    const wish = this.app.ui.menuWish.peek();
    if (wish === this.shown) return;
    this.shown = wish;
    if (!wish) return;
    this.#menu.showPopover({ source: /** @type {HTMLElement} */ (wish.from) });
    this.#buttons()[0]?.focus();
  }

  /** @param {MenuWish} wish */
  #items({ subject }) {
    const acts = possibleActs(subject);
    return html`
      ${acts.some(({ name }) => name === "react")
        ? html`<div class="menu-emoji" role="group" aria-label=${t("Reactions")}>${
          this.app.emojiUse.top(FAVOURITES).map((emoji) =>
            html`
              <button
                type="button"
                role="menuitem"
                tabindex="-1"
                aria-label=${t("React with {emoji}", { emoji: emojiText(emoji) })}
                @click=${() => this.#run((app) => app.marks.toggleReaction(subject.message, emoji))}
              >${emojiView(emoji, this.app.view.customEmoji.value)}</button>
            `
          )
        }</div>`
        : nothing}
      ${acts.map((act) =>
        html`
          <button
            type="button"
            role="menuitem"
            tabindex="-1"
            data-tone=${act.tone ?? nothing}
            @click=${() => this.#run((app, from) => act.run(app, subject.message, from))}
          >${icon(act.icon)}<span>${act.label(subject)}</span>${act.key
            ? html`<kbd aria-hidden="true">${keyName(act.key)}</kbd>`
            : nothing}</button>
        `
      )}
    `;
  }

  /** @param {(app: App, from: Element) => unknown} act */
  #run(act) {
    const from = this.app.ui.menuWish.peek()?.from ?? this;
    // First back to where it was opened: what the act opens returns there, too.
    this.#menu.hidePopover();
    act(this.app, from);
  }

  /** @param {ToggleEvent} event */
  #onToggle({ newState }) {
    if (newState === "closed") this.app.ui.menuWish.value = null;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const items = this.#buttons();
    const at = items.findIndex((item) => item === document.activeElement);
    const places = /** @type {Record<string, number>} */ ({
      ArrowDown: (at + 1) % items.length,
      ArrowUp: (at - 1 + items.length) % items.length,
      ArrowRight: (at + 1) % items.length,
      ArrowLeft: (at - 1 + items.length) % items.length,
      Home: 0,
      End: items.length - 1,
    });
    const place = places[event.key];
    if (event.key === "Tab") this.#menu.hidePopover();
    if (place === undefined) return;
    event.preventDefault();
    items[place]?.focus();
  }

  #buttons() {
    return [...this.querySelectorAll("button")];
  }
}

/**
 * The key that opened it may ask for the browser's menu when it is let go.
 *
 * @param {Event} event
 */
function keepToItself(event) {
  event.preventDefault();
}

/** @param {string} key */
function keyName(key) {
  return key === "delete" ? t("Del") : key.toUpperCase();
}

customElements.define("parley-message-menu", MessageMenu);
