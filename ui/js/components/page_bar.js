/** @import { App } from "../app.js" */

import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { icon } from "./icon.js";

/**
 * The bar of a list that stands in the place of a channel.
 *
 * @param {App} app
 * @param {{ name: string, title: string, tools?: unknown }} page
 */
export function pageBar(app, { name, title, tools }) {
  return html`
    <header class="bar">
      <button
        type="button"
        class="icon-button bar-back"
        aria-label=${t("Back to channels")}
        @click=${() => app.router.backToList()}
      >${icon("arrow-left")}</button>
      <h1>${icon(name)}<span>${title}</span></h1>
      <div class="bar-tools">${tools ?? nothing}</div>
    </header>
  `;
}

/**
 * One of several filters of a list, as a row of buttons.
 *
 * @template {string} Value
 * @param {string} label
 * @param {{ value: Value, text: string }[]} choices
 * @param {Value} chosen
 * @param {(value: Value) => void} choose
 */
export function filterRow(label, choices, chosen, choose) {
  return html`
    <div class="filter-row" role="group" aria-label=${label}>${choices.map(({ value, text }) =>
      html`
        <button
          type="button"
          aria-pressed=${value === chosen ? "true" : "false"}
          @click=${() => choose(value)}
        >${text}</button>
      `
    )}</div>
  `;
}

/**
 * A list with nothing in it says what would be there.
 *
 * @param {{ name: string, title: string, text: unknown, more?: unknown }} what
 */
export function emptyState({ name, title, text, more }) {
  return html`
    <div class="list-empty">
      ${icon(name)}
      <h2>${title}</h2>
      <p>${text}</p>
      ${more ?? nothing}
    </div>
  `;
}
