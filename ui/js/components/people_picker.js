/** @import { User } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { folded, rank } from "../lib/ranking.js";
import { SignalElement } from "../lib/signal_element.js";
import { displayName } from "../store/selectors.js";
import { avatar } from "./avatar.js";
import { icon } from "./icon.js";
import { marked } from "./marked.js";

const SHOWN = 8;

/** People, picked one after the other; those chosen stand before the field. Says `pick`. */
class PeoplePicker extends SignalElement {
  static properties = {
    label: { attribute: false },
    chosen: { attribute: false },
    without: { attribute: false },
    max: { attribute: false },
    wanted: { state: true },
    at: { state: true },
  };

  constructor() {
    super();
    this.label = "";
    /** @type {string[]} */
    this.chosen = [];
    /** @type {ReadonlySet<string>} whom one cannot pick */
    this.without = new Set();
    this.max = Infinity;
    this.wanted = "";
    this.at = 0;
  }

  firstUpdated() {
    // The dialog looked for where to begin before this was there.
    const isElsewhere = document.activeElement instanceof HTMLInputElement;
    if (!isElsewhere) this.#field.focus();
    this.app.loader.directory();
  }

  get #field() {
    return /** @type {HTMLInputElement} */ (this.querySelector("input"));
  }

  render() {
    const { view } = this.app;
    const people = this.#found();
    const at = Math.min(this.at, people.length - 1);
    const isFull = this.chosen.length >= this.max;
    return html`
      <div class="picker-field" @click=${() => this.#field.focus()}>
        ${this.chosen.map((userId) =>
          html`
            <span class="chip">${avatar(view.users.value[userId])}<span>${displayName(
              view.users.value,
              userId,
            )}</span><button
              type="button"
              aria-label=${t("Remove {name}", { name: displayName(view.users.value, userId) })}
              @click=${() => this.#remove(userId)}
            >${icon("x")}</button></span>
          `
        )}
        <input
          type="text"
          role="combobox"
          aria-label=${this.label}
          aria-expanded=${people.length > 0 ? "true" : "false"}
          aria-controls="picker-list"
          aria-autocomplete="list"
          aria-activedescendant=${people.length > 0 ? `picker-${at}` : nothing}
          placeholder=${this.chosen.length === 0 ? t("A name") : ""}
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          ?disabled=${isFull}
          .value=${this.wanted}
          @input=${this.#onInput}
          @keydown=${(/** @type {KeyboardEvent} */ event) => this.#onKey(event, people)}
        />
      </div>
      <ul class="switcher-list picker-list" id="picker-list" role="listbox"
        aria-label=${t(
          "People",
        )}>${people.map(({ user, ranges }, index) =>
          html`
            <li
              class="switcher-option"
              id="picker-${index}"
              role="option"
              aria-selected=${index === at ? "true" : "false"}
              @pointermove=${() => this.at = index}
              @click=${() => this.#add(user.id)}
            >${avatar(user, view.presence.value[user.id])}<span class="switcher-label">${marked(
              displayName(view.users.value, user.id),
              ranges,
            )}</span><span class="switcher-note">@${user.username}${user.title
              ? ` · ${user.title}`
              : ""}</span></li>
          `
        )}</ul>
      ${people.length === 0 && this.wanted.trim() !== ""
        ? html`<p class="hint">${t("Nobody is called so.")}</p>`
        : nothing}
      ${isFull ? html`<p class="hint">${t("There are no more places.")}</p>` : nothing}
    `;
  }

  /** @returns {{ user: User, ranges: [number, number][] }[]} */
  #found() {
    const { view } = this.app;
    if (this.chosen.length >= this.max) return [];
    const chosen = new Set(this.chosen);
    const people = Object.values(view.users.value).filter((user) =>
      user.is_active && !this.without.has(user.id) && !chosen.has(user.id)
    );
    const nearness = new Map(view.myPeople.value.map((id, place) => [id, 60 - place]));
    if (this.wanted.trim() === "") {
      return people.toSorted((a, b) =>
        (nearness.get(b.id) ?? 0) - (nearness.get(a.id) ?? 0) ||
        a.display_name.localeCompare(b.display_name)
      ).slice(0, SHOWN).map((user) => ({ user, ranges: [] }));
    }
    const candidates = people.map((user) => ({
      names: [folded(displayName({ [user.id]: user }, user.id)), folded(user.username)],
      weight: nearness.has(user.id) ? 20 : 0,
    }));
    const wanted = this.wanted.trim().replace(/^@/, "");
    return rank(candidates, wanted, SHOWN).flatMap(({ index, ranges }) => {
      const user = people[index];
      return user ? [{ user, ranges }] : [];
    });
  }

  /** @param {InputEvent} event */
  #onInput(event) {
    event.stopPropagation();
    this.wanted = /** @type {HTMLInputElement} */ (event.target).value;
    this.at = 0;
  }

  /**
   * @param {KeyboardEvent} event
   * @param {{ user: User }[]} people
   */
  #onKey(event, people) {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = Math.min(this.at, people.length - 1);
    if (step !== undefined && people.length > 0) {
      event.preventDefault();
      this.at = (at + step + people.length) % people.length;
    } else if (event.key === "Enter" && this.wanted.trim() !== "") {
      event.preventDefault();
      const picked = people[at];
      if (picked) this.#add(picked.user.id);
    } else if (event.key === "Backspace" && this.wanted === "") {
      const last = this.chosen.at(-1);
      if (last) this.#remove(last);
    }
  }

  /** @param {string} userId */
  #add(userId) {
    this.wanted = "";
    this.at = 0;
    this.#change([...this.chosen, userId]);
  }

  /** @param {string} userId */
  #remove(userId) {
    this.#change(this.chosen.filter((id) => id !== userId));
  }

  /** @param {string[]} chosen */
  #change(chosen) {
    this.chosen = chosen;
    this.dispatchEvent(new CustomEvent("pick", { detail: chosen }));
    this.#field.focus();
  }
}

customElements.define("parley-people-picker", PeoplePicker);
