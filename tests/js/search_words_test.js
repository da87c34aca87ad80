import assert from "node:assert/strict";
import { test } from "node:test";
import { suggestions, withWord, wordAt } from "../../ui/js/lib/search_words.js";

const known = {
  people: [
    { username: "ann", name: "Ann Lee" },
    { username: "zoe", name: "Zoë Ångström" },
    { username: "leo", name: "Leo Fay" },
  ],
  channels: [{ name: "general" }, { name: "release-general" }, { name: "random" }],
};

/** @param {string} word */
function offered(word) {
  return suggestions(word, known, () => "").map(({ insert }) => insert);
}

test("the word at the caret ends at spaces, and quotes hold a phrase together", () => {
  assert.deepEqual(wordAt("deploy from:an", 14), { start: 7, end: 14, text: "from:an" });
  assert.deepEqual(wordAt("deploy from:an", 3), { start: 0, end: 6, text: "deploy" });
  assert.deepEqual(wordAt('say "the deploy fai', 19).text, '"the deploy fai');
  assert.deepEqual(wordAt("deploy ", 7), { start: 7, end: 7, text: "" });
});

test("a chosen word takes the place of what was begun, and what follows stays", () => {
  const word = wordAt("tide from:a has:link", 11);
  assert.deepEqual(withWord("tide from:a has:link", word, { insert: "from:@ann", isWhole: true }), {
    text: "tide from:@ann has:link",
    caret: 15,
  });
});

test("filters are offered by their beginnings, also those that leave out", () => {
  assert.deepEqual(offered("f"), ["from:"]);
  assert.deepEqual(offered("-h"), ["-has:"]);
  assert.deepEqual(offered("-before"), []);
  assert.deepEqual(offered(""), ["from:", "in:", "has:", "is:", "before:", "after:", "on:"]);
});

test("people are found by username and by any of their names, whatever the accents", () => {
  assert.deepEqual(offered("from:@an"), ["from:@ann", "from:@zoe"]);
  assert.deepEqual(offered("from:fay"), ["from:@leo"]);
  assert.deepEqual(offered("from:m"), ["from:me"]);
});

test("channels that begin so stand before those that contain it", () => {
  assert.deepEqual(offered("in:#gen"), ["in:#general", "in:#release-general"]);
  assert.deepEqual(offered("-in:@le"), ["-in:@ann", "-in:@leo"]);
});

test("of what a filter can have only the rest is offered", () => {
  assert.deepEqual(offered("has:re"), ["has:reaction"]);
  assert.deepEqual(offered("is:"), ["is:thread", "is:edited", "is:pinned", "is:saved", "is:mine"]);
  assert.deepEqual(offered("before:y"), ["before:yesterday"]);
});

test("what only looks like a filter is left alone", () => {
  assert.deepEqual(offered("http://x"), []);
  assert.deepEqual(offered("deploy"), []);
});
