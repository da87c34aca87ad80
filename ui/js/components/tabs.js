import { html } from "lit";

/**
 * @template {string} Name
 * @typedef {object} Tab
 * @property {Name} name
 * @property {string} label
 */

/**
 * Tabs over what they show. Arrows go from one to the next.
 *
 * @template {string} Name
 * @param {object} what
 * @param {string} what.label
 * @param {Tab<Name>[]} what.tabs
 * @param {Name} what.chosen
 * @param {(name: Name) => void} what.choose
 */
export function tabList({ label, tabs, chosen, choose }) {
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    const isBack =
      getComputedStyle(/** @type {Element} */ (event.currentTarget)).direction === "rtl";
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = tabs.findIndex(({ name }) => name === chosen) + (isBack ? -step : step);
    const next = tabs[(at + tabs.length) % tabs.length];
    if (!next) return;
    choose(next.name);
    document.getElementById(`tab-${next.name}`)?.focus();
  };
  return html`
    <div class="tabs" role="tablist" aria-label=${label} @keydown=${onKey}>
      ${tabs.map((tab) =>
        html`
          <button
            type="button"
            role="tab"
            id="tab-${tab.name}"
            aria-selected=${tab.name === chosen ? "true" : "false"}
            aria-controls="tab-panel"
            tabindex=${tab.name === chosen ? "0" : "-1"}
            @click=${() => choose(tab.name)}
          >${tab.label}</button>
        `
      )}
    </div>
  `;
}
