/**
 * @import { Beginning } from "../lib/completing.js"
 * @import { Offer } from "./offers.js"
 */

import { html, nothing } from "lit";
import { beginningAt } from "../lib/completing.js";
import { applyEdit } from "../lib/edit_field.js";
import { t, tn } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { offersFor } from "./offers.js";

/**
 * Offers what a name that is being written could be. The field keeps the focus; it is told which offer
 * is the active one.
 */
export class Completion extends SignalElement {
  static properties = {
    field: { attribute: false },
    threadId: { attribute: false },
    beginning: { state: true },
    active: { state: true },
  };

  constructor() {
    super();
    /** @type {HTMLTextAreaElement | null} */
    this.field = null;
    /** @type {string | null} */
    this.threadId = null;
    /** @type {Beginning | null} */
    this.beginning = null;
    this.active = 0;
    /** @type {Offer[]} */
    this.offers = [];
    /** The name at which it was closed: it stays so. */
    this.closedAt = "";
  }

  get #listId() {
    return this.threadId === null ? "completion" : "completion-thread";
  }

  render() {
    this.offers = this.beginning ? offersFor(this.app, this.beginning) : [];
    const count = this.offers.length;
    if (count === 0) return html`<p class="vh" role="status"></p>`;
    this.active = Math.min(this.active, count - 1);
    return html`
      <ul class="completion" id=${this.#listId} role="listbox" aria-label=${t("Suggestions")}>
        ${this.offers.map((offer, index) => this.#line(offer, index))}
      </ul>
      <p class="vh" role="status">${tn("One suggestion", "{count} suggestions", count)}</p>
    `;
  }

  /**
   * @param {Offer} offer
   * @param {number} index
   */
  #line({ picture, label, note, hint }, index) {
    return html`
      <li
        id="${this.#listId}-${index}"
        role="option"
        aria-selected=${index === this.active ? "true" : "false"}
        ?data-outside=${hint !== ""}
        @mousedown=${(/** @type {Event} */ event) => event.preventDefault()}
        @click=${() => this.#take(index)}
      >
        <span class="completion-picture" aria-hidden="true">${picture}</span>
        <span class="completion-label">${label}</span>
        <span class="completion-note">${note}</span>
        ${hint === "" ? nothing : html`<span class="completion-hint">${hint}</span>`}
      </li>
    `;
  }

  updated() {
    const { field } = this;
    if (!field) return;
    const isOpen = this.offers.length > 0;
    field.toggleAttribute("data-completing", isOpen);
    if (!isOpen) {
      field.removeAttribute("aria-controls");
      field.removeAttribute("aria-activedescendant");
      return;
    }
    field.setAttribute("aria-controls", this.#listId);
    field.setAttribute("aria-activedescendant", `${this.#listId}-${this.active}`);
    this.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  /** Look what stands before the caret. */
  look() {
    const { field } = this;
    if (!field) return;
    const isCaret = field.selectionStart === field.selectionEnd;
    const beginning = isCaret ? beginningAt(field.value, field.selectionStart) : null;
    if (!beginning || placeOf(beginning) !== this.closedAt) this.closedAt = "";
    if (!beginning || this.closedAt !== "") {
      this.beginning = null;
      return;
    }
    const isSame = this.beginning?.from === beginning.from &&
      this.beginning.query === beginning.query;
    if (!isSame) this.active = 0;
    this.beginning = beginning;
  }

  close() {
    this.beginning = null;
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} whether it was meant for the list
   */
  press(event) {
    const { beginning } = this;
    if (!beginning || this.offers.length === 0) return false;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return false;
    const count = this.offers.length;
    if (event.key === "ArrowDown") this.active = (this.active + 1) % count;
    else if (event.key === "ArrowUp") this.active = (this.active + count - 1) % count;
    else if (event.key === "Escape") {
      this.closedAt = placeOf(beginning);
      this.beginning = null;
    } else if (event.key === "Tab" || event.key === "Enter") {
      // What stands there is the whole name: Enter means the message.
      const isWhole = this.offers[this.active]?.text === this.#written(beginning);
      if (isWhole && event.key === "Enter") return false;
      this.#take(this.active);
    } else return false;
    event.preventDefault();
    return true;
  }

  /** @param {Beginning} beginning */
  #written({ from, to }) {
    return this.field?.value.slice(from, to) ?? "";
  }

  /** @param {number} index */
  #take(index) {
    const { beginning, field } = this;
    const offer = this.offers[index];
    if (!beginning || !field || !offer) return;
    const { from, to } = beginning;
    this.beginning = null;
    this.closedAt = placeOf(beginning);
    offer.onTake?.();
    const isSpaced = /^\s/.test(field.value.slice(to));
    applyEdit(field, { from, to, text: isSpaced ? offer.text : `${offer.text} ` });
    this.beginning = null;
    this.closedAt = placeOf(beginning);
  }
}

/** @param {Beginning} beginning */
function placeOf({ kind, from }) {
  return `${kind} ${from}`;
}

customElements.define("parley-completion", Completion);
