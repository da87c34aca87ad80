import assert from "node:assert/strict";
import { test } from "node:test";
import { SHORTCUTS } from "../../ui/js/acts/shortcuts.js";
import { isPressed, keyNames } from "../../ui/js/lib/shortcuts.js";

/** @param {Partial<import("../../ui/js/lib/shortcuts.js").Pressed>} keys */
function press(keys) {
  return {
    key: "",
    code: "",
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...keys,
  };
}

test("Mod is Ctrl, and on a Mac the command key, and never the other one", () => {
  const ctrl = press({ key: "k", ctrlKey: true });
  const meta = press({ key: "k", metaKey: true });
  assert.deepEqual([isPressed("Mod+K", ctrl, false), isPressed("Mod+K", meta, false)], [
    true,
    false,
  ]);
  assert.deepEqual([isPressed("Mod+K", ctrl, true), isPressed("Mod+K", meta, true)], [false, true]);
});

test("all that is held down counts", () => {
  const shifted = press({ key: "K", ctrlKey: true, shiftKey: true });
  assert.equal(isPressed("Mod+K", shifted, false), false);
  assert.equal(isPressed("Mod+Shift+K", shifted, false), true);
  assert.equal(isPressed("Escape", press({ key: "Escape", shiftKey: true }), false), false);
  assert.equal(isPressed("Alt+ArrowUp", press({ key: "ArrowUp" }), false), false);
});

test("on a keyboard with other letters the place of the key counts", () => {
  const cyrillic = press({ key: "л", code: "KeyK", ctrlKey: true });
  assert.equal(isPressed("Mod+K", cyrillic, false), true);
  // Where Latin letters stand elsewhere, the letter counts.
  const dvorak = press({ key: "t", code: "KeyK", ctrlKey: true });
  assert.equal(isPressed("Mod+K", dvorak, false), false);
});

test("a sign may need Shift on one keyboard and not on another", () => {
  assert.equal(isPressed("?", press({ key: "?", shiftKey: true }), false), true);
  assert.equal(isPressed("?", press({ key: "?" }), false), true);
  assert.equal(isPressed("Mod+/", press({ key: "/", ctrlKey: true, shiftKey: true }), false), true);
});

test("keys are called what stands on them", () => {
  assert.deepEqual(keyNames("Mod+Shift+K", false), ["Ctrl", "Shift", "K"]);
  assert.deepEqual(keyNames("Alt+ArrowUp", true), ["⌥", "↑"]);
});

test("no two shortcuts have the same keys", () => {
  const keys = SHORTCUTS.flatMap((shortcut) => shortcut.keys);
  assert.equal(new Set(keys).size, keys.length);
});
