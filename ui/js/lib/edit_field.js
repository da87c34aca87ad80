/**
 * Changing a text field as a keystroke would: it can be undone.
 */

/**
 * @typedef {object} Edit
 * @property {number} from
 * @property {number} to
 * @property {string} text stands there then
 * @property {number} [selectFrom] afterwards; without it the caret follows the text
 * @property {number} [selectTo]
 */

/**
 * @param {HTMLTextAreaElement} field
 * @param {Edit} edit
 */
export function applyEdit(field, { from, to, text, selectFrom, selectTo }) {
  field.focus();
  field.setSelectionRange(from, to);
  // Old, and the only way that the browser's own undo knows of.
  const isDone = text === ""
    ? from === to || document.execCommand("delete")
    : document.execCommand("insertText", false, text);
  if (!isDone) {
    field.setRangeText(text, from, to, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  if (selectFrom !== undefined) field.setSelectionRange(selectFrom, selectTo ?? selectFrom);
}
