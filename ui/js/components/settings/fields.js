/**
 * The controls that settings are made of.
 *
 * @import { TemplateResult } from "lit"
 */

import { html, nothing } from "lit";

/**
 * @template {string} Value
 * @param {object} group
 * @param {string} group.name
 * @param {string} group.legend
 * @param {string} [group.hint]
 * @param {Value | undefined} group.chosen
 * @param {{ value: Value, label: string, hint?: string }[]} group.choices
 * @param {(value: Value) => void} group.choose
 */
export function radios({ name, legend, hint, chosen, choices, choose }) {
  return html`
    <fieldset class="setting">
      <legend>${legend}</legend>
      ${hint ? html`<p class="hint">${hint}</p>` : nothing}
      <div class="setting-choices">${choices.map(({ value, label, hint: about }) =>
        html`
          <label class="choice">
            <input
              type="radio"
              name=${name}
              value=${value}
              .checked=${chosen === value}
              @change=${() => choose(value)}
            />
            <span>${label}${about ? html`<span class="hint">${about}</span>` : nothing}</span>
          </label>
        `
      )}</div>
    </fieldset>
  `;
}

/**
 * @param {object} field
 * @param {string} field.label
 * @param {string} [field.hint]
 * @param {boolean | undefined} field.isOn
 * @param {(isOn: boolean) => void} field.choose
 */
export function toggle({ label, hint, isOn, choose }) {
  return html`
    <label class="choice setting-toggle">
      <input
        type="checkbox"
        role="switch"
        .checked=${isOn ?? false}
        @change=${(/** @type {Event} */ event) =>
          choose(/** @type {HTMLInputElement} */ (event.target).checked)}
      />
      <span>${label}${hint ? html`<span class="hint">${hint}</span>` : nothing}</span>
    </label>
  `;
}

/**
 * @param {string} heading
 * @param {unknown} body
 * @returns {TemplateResult}
 */
export function part(heading, body) {
  return html`<section class="settings-part"><h3>${heading}</h3>${body}</section>`;
}
