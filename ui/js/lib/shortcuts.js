/**
 * Keys as they are written down: `Mod+Shift+K`. `Mod` is ⌘ on a Mac and Ctrl elsewhere.
 */

export const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");

/** @type {Record<string, string>} */
const NAMES = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  Enter: "↵",
};

/** What is held down for shortcuts. */
export function modifierName() {
  return isMac ? "⌘" : "Ctrl";
}

/**
 * @typedef {Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">} Pressed
 */

/**
 * @param {string} keys
 * @param {Pressed} event
 * @param {boolean} [onMac]
 */
export function isPressed(keys, event, onMac = isMac) {
  const parts = keys.split("+");
  const key = parts.pop() ?? "";
  const wants = (/** @type {string} */ modifier) => parts.includes(modifier);
  const isMod = onMac ? event.metaKey : event.ctrlKey;
  const isOther = onMac ? event.ctrlKey : event.metaKey;
  if (isOther !== wants("Ctrl") && (onMac || isOther)) return false;
  if (isMod !== wants("Mod") || event.altKey !== wants("Alt")) return false;
  // A sign that is typed with Shift on one keyboard is not on another.
  const isSign = key.length === 1 && !/[a-z0-9]/i.test(key);
  if (!isSign && event.shiftKey !== wants("Shift")) return false;
  if (event.key.toLowerCase() === key.toLowerCase()) return true;
  // On a keyboard with other letters, where the Latin one would be.
  return /^[A-Z]$/.test(key) && event.code === `Key${key}` && !/^[a-z]$/i.test(event.key);
}

/**
 * @param {string} keys
 * @param {boolean} [onMac]
 * @returns {string[]} what stands on the keys
 */
export function keyNames(keys, onMac = isMac) {
  /** @type {Record<string, string>} */
  const modifiers = onMac
    ? { Mod: "⌘", Shift: "⇧", Alt: "⌥", Ctrl: "⌃" }
    : { Mod: "Ctrl", Shift: "Shift", Alt: "Alt", Ctrl: "Ctrl" };
  return keys.split("+").map((key) => modifiers[key] ?? NAMES[key] ?? key);
}
