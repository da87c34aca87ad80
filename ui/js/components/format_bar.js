/**
 * The formatting of a text: by key, and by button.
 *
 * @import { Edit } from "../lib/edit_field.js"
 * @import { Selection } from "../lib/markdown_edit.js"
 */

import { html } from "lit";
import { t } from "../lib/i18n.js";
import { link, toggleCode, toggleLines, toggleMark } from "../lib/markdown_edit.js";
import { icon } from "./icon.js";

/**
 * @typedef {object} Format
 * @property {string} icon
 * @property {() => string} label
 * @property {string} keys with Ctrl or Cmd, as it is shown
 * @property {(event: KeyboardEvent) => boolean} isPressed Ctrl or Cmd is
 * @property {(selection: Selection) => Edit} change
 */

/** @type {Format[]} */
const FORMATS = [
  {
    icon: "bold",
    label: () => t("Bold"),
    keys: "B",
    isPressed: ({ code, shiftKey }) => code === "KeyB" && !shiftKey,
    change: (selection) => toggleMark(selection, "**"),
  },
  {
    icon: "italic",
    label: () => t("Italic"),
    keys: "I",
    isPressed: ({ code, shiftKey }) => code === "KeyI" && !shiftKey,
    change: (selection) => toggleMark(selection, "_"),
  },
  {
    icon: "strikethrough",
    label: () => t("Strikethrough"),
    keys: "Shift+X",
    isPressed: ({ code, shiftKey }) => code === "KeyX" && shiftKey,
    change: (selection) => toggleMark(selection, "~~"),
  },
  {
    icon: "link",
    label: () => t("Link"),
    keys: "K",
    isPressed: ({ code, shiftKey, target }) =>
      // Without a selection the same keys switch channels.
      code === "KeyK" && !shiftKey && target instanceof HTMLTextAreaElement &&
      target.selectionStart !== target.selectionEnd,
    change: (selection) => link(selection, ""),
  },
  {
    icon: "list-ordered",
    label: () => t("Numbered list"),
    keys: "Shift+7",
    isPressed: ({ code, shiftKey }) => code === "Digit7" && shiftKey,
    change: (selection) => toggleLines(selection, "numbers"),
  },
  {
    icon: "list",
    label: () => t("Bulleted list"),
    keys: "Shift+8",
    isPressed: ({ code, shiftKey }) => code === "Digit8" && shiftKey,
    change: (selection) => toggleLines(selection, "bullets"),
  },
  {
    icon: "text-quote",
    label: () => t("Quote"),
    keys: "Shift+9",
    isPressed: ({ code, shiftKey }) => code === "Digit9" && shiftKey,
    change: (selection) => toggleLines(selection, "quote"),
  },
  {
    icon: "code",
    label: () => t("Code"),
    keys: "Shift+C",
    isPressed: ({ code, shiftKey }) => code === "KeyC" && shiftKey,
    change: (selection) => toggleCode(selection),
  },
];

const IS_MAC = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");

/**
 * @param {KeyboardEvent} event
 * @returns {Format | null}
 */
export function formatOf(event) {
  const isAlone = IS_MAC ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  if (!isAlone || event.altKey) return null;
  return FORMATS.find((format) => format.isPressed(event)) ?? null;
}

/** @param {(format: Format) => void} onFormat */
export function formatBar(onFormat) {
  return html`
    <div class="composer-formats" role="toolbar" aria-label=${t("Formatting")}>
      ${FORMATS.map((format) =>
        html`
          <button
            type="button"
            class="icon-button"
            aria-label=${format.label()}
            title="${format.label()} (${IS_MAC ? "⌘" : "Ctrl"}+${format.keys})"
            @click=${() => onFormat(format)}
          >${icon(format.icon)}</button>
        `
      )}
    </div>
  `;
}
