/** @import { Subject } from "../acts/message_acts.js" */

import { html, nothing } from "lit";
import { possibleActs } from "../acts/message_acts.js";
import { t } from "../lib/i18n.js";
import { everyday } from "../lib/parts.js";
import { SignalElement } from "../lib/signal_element.js";
import { emojiText, emojiView } from "./emoji_view.js";
import { icon } from "./icon.js";

/** One's own emoji in the toolbar. */
const FAVOURITES = 3;

/** A finger that rests so long wants the menu. */
const LONG_PRESS_MS = 500;

/** A finger that goes further scrolls. */
const STILL_PX = 10;

/**
 * What one can do with the message around it: by its toolbar, which is there while somebody points at the
 * message or is in it, by the keys of the list of acts, and by the menu with all of them.
 */
class MessageActions extends SignalElement {
  static properties = { subject: { attribute: false }, isShown: { state: true } };

  constructor() {
    super();
    /** @type {Subject} */
    this.subject;
    this.isShown = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.pressTimer = undefined;
    /** @type {{ x: number, y: number } | null} */
    this.pressedAt = null;
    /** @type {AbortController | null} */
    this.listening = null;
  }

  connectedCallback() {
    super.connectedCallback();
    const row = this.row;
    this.listening = new AbortController();
    const { signal } = this.listening;
    const listen = (
      /** @type {string} */ name,
      /** @type {(event: any) => void} */ listener,
      /** @type {AddEventListenerOptions} */ options = {},
    ) => row.addEventListener(name, listener, { ...options, signal });
    listen("pointerenter", (event) => this.#onPoint(event));
    listen("pointerleave", () => this.isShown = row.contains(document.activeElement));
    listen("focusin", () => this.isShown = true);
    listen("focusout", (event) => this.#onLeave(event));
    listen("keydown", (event) => this.#onKey(event));
    listen("contextmenu", (event) => this.#onContextMenu(event));
    listen("pointerdown", (event) => this.#onPress(event), { passive: true });
    listen("pointermove", (event) => this.#onMove(event), { passive: true });
    listen("pointerup", () => this.#release());
    listen("pointercancel", () => this.#endPress());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.listening?.abort();
    this.#endPress();
  }

  /** The message that it belongs to. */
  get row() {
    return /** @type {HTMLElement} */ (this.closest(".message"));
  }

  render() {
    const { app, subject } = this;
    // While something is open beside a button, the button stays.
    const isInUse = [app.ui.menuWish.value?.from, app.ui.emojiWish.value?.from].some((from) =>
      from !== undefined && this.contains(from)
    );
    if (!this.isShown && !isInUse) return nothing;
    const acts = possibleActs(subject);
    const custom = app.view.customEmoji.value;
    const canReact = acts.some(({ name }) => name === "react");
    return html`
      <div
        class="message-actions"
        role="toolbar"
        aria-label=${t("Message actions")}
        @keydown=${this.#onToolbarKey}
      >
        ${canReact
          ? app.emojiUse.top(FAVOURITES).map((emoji) =>
            html`
              <button
                type="button"
                class="icon-button"
                data-kind="emoji"
                aria-label=${t("React with {emoji}", { emoji: emojiText(emoji) })}
                title=${t("React with {emoji}", { emoji: emojiText(emoji) })}
                @click=${() => app.marks.toggleReaction(subject.message, emoji)}
              >${emojiView(emoji, custom)}</button>
            `
          )
          : nothing}
        ${acts.filter(({ isQuick }) => isQuick).map((act) =>
          html`
            <button
              type="button"
              class="icon-button"
              aria-label=${act.label(subject)}
              title=${act.label(subject)}
              @click=${(/** @type {Event} */ event) =>
                act.run(app, subject.message, /** @type {Element} */ (event.currentTarget))}
            >${icon(act.icon)}</button>
          `
        )}
        <button
          type="button"
          class="icon-button"
          aria-haspopup="menu"
          aria-label=${t("More actions")}
          title=${t("More actions")}
          @click=${(/** @type {Event} */ event) =>
            this.#openMenu(/** @type {Element} */ (event.currentTarget))}
        >${icon("ellipsis")}</button>
      </div>
    `;
  }

  /** @param {Element} from */
  async #openMenu(from) {
    try {
      await everyday();
      this.app.ui.menuWish.value = { subject: this.subject, from };
    } catch {
      this.app.ui.missPart();
    }
  }

  /** @param {PointerEvent} event */
  #onPoint({ pointerType }) {
    if (pointerType !== "touch") this.isShown = true;
  }

  /**
   * Between two elements of the row the focus is nowhere for a moment.
   *
   * @param {FocusEvent} event
   */
  #onLeave({ relatedTarget }) {
    const isStillHere = relatedTarget instanceof Node && this.row.contains(relatedTarget);
    const isPointedAt = matchMedia("(hover: hover)").matches && this.row.matches(":hover");
    this.isShown = isStillHere || isPointedAt;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.target !== this.row || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
      event.preventDefault();
      this.#openMenu(this.row);
      return;
    }
    const key = event.key.toLowerCase();
    const act = possibleActs(this.subject).find((one) => one.key === key);
    if (!act) return;
    event.preventDefault();
    act.run(this.app, this.subject.message, this.row);
  }

  /**
   * Some browsers call a long press so. A mouse keeps its own menu, for text and links.
   *
   * @param {PointerEvent} event
   */
  #onContextMenu(event) {
    if (event.pointerType !== "touch" || !this.pressedAt) return;
    event.preventDefault();
    this.row.setAttribute("data-pressed", "");
  }

  /** @param {PointerEvent} event */
  #onPress({ pointerType, target, clientX, clientY, isPrimary }) {
    this.#endPress();
    const isOnOther = target instanceof Element &&
      target.closest("a, button, textarea, input, video, audio") !== null;
    if (pointerType !== "touch" || !isPrimary || isOnOther) return;
    this.pressedAt = { x: clientX, y: clientY };
    this.pressTimer = setTimeout(() => this.row.setAttribute("data-pressed", ""), LONG_PRESS_MS);
  }

  /** Only now: a finger that is lifted closes what it did not touch. */
  #release() {
    const isLong = this.row.hasAttribute("data-pressed");
    this.#endPress();
    if (isLong) setTimeout(() => this.#openMenu(this.row));
  }

  /** @param {PointerEvent} event */
  #onMove({ clientX, clientY }) {
    if (!this.pressedAt) return;
    const { x, y } = this.pressedAt;
    if (Math.hypot(clientX - x, clientY - y) > STILL_PX) this.#endPress();
  }

  #endPress() {
    clearTimeout(this.pressTimer);
    this.pressedAt = null;
    this.closest(".message")?.removeAttribute("data-pressed");
  }

  /** @param {KeyboardEvent} event */
  #onToolbarKey(event) {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (event.key === "Escape") {
      event.preventDefault();
      this.row.focus();
      return;
    }
    if (step === 0) return;
    const buttons = [...this.querySelectorAll("button")];
    const isTurned = getComputedStyle(this).direction === "rtl";
    const at = buttons.findIndex((button) => button === document.activeElement);
    const next = buttons[(at + (isTurned ? -step : step) + buttons.length) % buttons.length];
    event.preventDefault();
    next?.focus();
  }
}

customElements.define("parley-message-actions", MessageActions);
