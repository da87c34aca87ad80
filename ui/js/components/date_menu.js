import { html } from "lit";
import { t } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { dayOf } from "../lib/time.js";

/** Goes to another day of the open channel. */
export class DateMenu extends SignalElement {
  get #menu() {
    return /** @type {HTMLElement} */ (this.querySelector("[popover]"));
  }

  /**
   * @param {HTMLElement} from
   * @param {string} day what the picker begins with
   */
  async open(from, day) {
    await this.updateComplete;
    const field = /** @type {HTMLInputElement} */ (this.querySelector("input"));
    field.value = day;
    this.#menu.showPopover({ source: from });
    this.querySelector("button")?.focus();
  }

  render() {
    const channel = this.app.view.channel.value;
    const today = this.app.ui.today.value;
    return html`
      <div class="menu date-menu" popover role="dialog" aria-label=${t("Jump to date")}>
        <button type="button" @click=${() => this.#go(new Date(channel?.created_at ?? 0))}>${t(
          "The very start",
        )}</button>
        <button type="button" @click=${() => this.#go(monthsAgo(today, 1))}>${t(
          "Last month",
        )}</button>
        <button type="button" @click=${() => this.#go(daysAgo(today, 7))}>${t("Last week")}</button>
        <button type="button" @click=${() => this.#go(daysAgo(today, 0))}>${t("Today")}</button>
        <form @submit=${this.#pick}>
          <label>
            <span>${t("Pick a day")}</span>
            <input
              type="date"
              required
              min=${channel ? dayOf(channel.created_at) : ""}
              max=${today}
            />
          </label>
          <button class="button" data-size="small" data-tone="primary">${t("Go")}</button>
        </form>
      </div>
    `;
  }

  /** @param {Event} event */
  #pick(event) {
    event.preventDefault();
    const { value } = /** @type {HTMLInputElement} */ (this.querySelector("input"));
    if (value) this.#go(new Date(`${value}T00:00:00`));
  }

  /** @param {Date} moment */
  #go(moment) {
    this.#menu.hidePopover();
    this.app.places.jumpToMoment(moment);
  }
}

/**
 * @param {string} today
 * @param {number} days
 */
function daysAgo(today, days) {
  const date = new Date(`${today}T00:00:00`);
  date.setDate(date.getDate() - days);
  return date;
}

/**
 * @param {string} today
 * @param {number} months
 */
function monthsAgo(today, months) {
  const date = new Date(`${today}T00:00:00`);
  date.setMonth(date.getMonth() - months);
  return date;
}

customElements.define("parley-date-menu", DateMenu);
