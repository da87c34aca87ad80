import assert from "node:assert/strict";
import { EmojiUse } from "../../ui/js/lib/emoji_use.js";
import { Shelf } from "../../ui/js/lib/storage.js";

/** @param {Record<string, string>} [rows] */
function shelf(rows = {}) {
  const storage = /** @type {Storage} */ (/** @type {unknown} */ ({
    getItem: (/** @type {string} */ key) => rows[key] ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => rows[key] = value,
  }));
  return new Shelf("emoji", () => storage);
}

Deno.test("what one uses most stands first, and the usual ones fill up", () => {
  const use = new EmojiUse(shelf());
  assert.deepEqual(use.top(2), ["👍", "🎉"]);
  for (const emoji of ["🚀", "parrot", "parrot", "👀"]) use.used(emoji);
  assert.deepEqual(use.top(4), ["parrot", "🚀", "👀", "👍"]);
});

Deno.test("it is remembered, and what is damaged is forgotten", () => {
  const kept = shelf();
  new EmojiUse(kept).used("🚀");
  assert.equal(new EmojiUse(kept).top(1)[0], "🚀");
  assert.equal(new EmojiUse(shelf({ emoji: "{broken" })).top(1)[0], "👍");
});
