import assert from "node:assert/strict";
import { parseCommand } from "../../ui/js/acts/commands.js";
import { beginningAt } from "../../ui/js/lib/completing.js";
import { searchEmoji, withTone } from "../../ui/js/lib/emoji.js";
import { fold, isNameable, rankByName, rankPeople } from "../../ui/js/lib/naming.js";
import { channel, user } from "./builders.js";

/** @param {string} text with the caret as a bar */
function at(text) {
  const caret = text.indexOf("|");
  const found = beginningAt(text.replace("|", ""), caret);
  return found && `${found.kind} ${found.query}`;
}

/**
 * @param {string} id
 * @param {string} username
 * @param {string} display_name
 */
function person(id, username, display_name) {
  return { ...user(id), username, display_name };
}

const INES = person("2", "ines", "Inês Carvalhal");
const JONAS = person("3", "jonas", "Jonas Weller");
const JO = person("4", "jo.bates", "Jo Bates");
const ALL = [INES, JONAS, JO];

/**
 * @param {string} query
 * @param {Partial<Parameters<typeof rankPeople>[0]>} [more]
 */
function ranked(query, more = {}) {
  return rankPeople({
    users: ALL,
    memberIds: new Set(["2", "3", "4"]),
    recentIds: [],
    query,
    meId: "1",
    limit: 8,
    ...more,
  }).map((row) => row.user.username);
}

Deno.test("a name begins at its sign, up to the caret", () => {
  assert.equal(at("@|"), "person ");
  assert.equal(at("hello @inê| there"), "person inê");
  assert.equal(at("(@jo.b|"), "person jo.b");
  assert.equal(at("@jonas we|"), "person jonas we");
  assert.equal(at("see #gen|"), "channel gen");
  assert.equal(at(":ta|"), "emoji ta");
  assert.equal(at("/to|"), "command to");
});

Deno.test("what looks like a name and is none is left alone", () => {
  for (
    const text of [
      "ann@ex|",
      "http://x.example/#a|",
      "http:ab|",
      "10:30|",
      ":t|",
      "# heading|",
      "a /to|",
      "`@ann|",
      "```\n@ann|",
      "@@|",
    ]
  ) assert.equal(at(text), null, text);
  assert.equal(at("`code` @ann|"), "person ann");
});

Deno.test("accents are as good as none, and the other way round", () => {
  assert.equal(fold("Inês ØRSTED Straße"), "ines orsted strasse");
  assert.deepEqual(ranked("ines"), ["ines"]);
  assert.deepEqual(ranked("Inê"), ["ines"]);
});

Deno.test("any word of a name will do, and several in their order", () => {
  assert.deepEqual(ranked("wel"), ["jonas"]);
  assert.deepEqual(ranked("bates"), ["jo.bates"]);
  assert.deepEqual(ranked("jonas w"), ["jonas"]);
  assert.deepEqual(ranked("nas"), []);
});

Deno.test("members come before others, and among them whoever spoke last", () => {
  assert.deepEqual(ranked("", { recentIds: ["4"] })[0], "jo.bates");
  assert.deepEqual(ranked("", { memberIds: new Set(["3"]), recentIds: ["4"] })[0], "jonas");
  assert.deepEqual(ranked("jo", { recentIds: ["3"] }), ["jonas", "jo.bates"]);
});

Deno.test("nobody is offered who has gone", () => {
  assert.deepEqual(ranked("jonas", { users: [{ ...JONAS, is_active: false }] }), []);
});

Deno.test("five thousand people are ranked within a frame or three", () => {
  const users = Array.from(
    { length: 5_000 },
    (_, index) => person(String(index), `user${index}`, `Given${index % 97} Näme${index % 89}`),
  );
  ranked("n", { users });
  const begin = performance.now();
  ranked("näme3", { users });
  assert.ok(performance.now() - begin < 50);
});

Deno.test("a channel that not all may know of, or of two words, cannot be named", () => {
  assert.ok(isNameable(channel()));
  assert.ok(!isNameable(channel({ kind: "private" })));
  assert.ok(!isNameable(channel({ name: "two words" })));
  const names = ["random", "tides-and-random", "general"];
  assert.deepEqual(rankByName(names, (name) => name, "ran", 8), ["random", "tides-and-random"]);
});

/**
 * @param {string} id
 * @param {string} names
 * @param {string} [words]
 */
function emoji(id, names, words = "") {
  return {
    id,
    names: names.split(" "),
    words: words.split(" "),
    takesTone: id === "👍",
    picture: null,
  };
}

const EMOJI = [
  emoji("🥳", "partying_face", "party celebrate"),
  emoji("🎉", "tada party_popper", "celebrate"),
  emoji("👍", "thumbsup", "yes"),
  emoji("🏟️", "stadium"),
];

/**
 * @param {string} query
 * @param {string[]} [recent]
 */
function found(query, recent = []) {
  return searchEmoji(EMOJI, { query, recent, limit: 8 }).map(({ id }) => id).join("");
}

Deno.test("emoji: what one uses comes first, then what begins so, then what contains it", () => {
  assert.equal(found("part"), "🥳🎉");
  assert.equal(found("part", ["🎉"]), "🎉🥳");
  assert.equal(found("tad"), "🎉🏟️");
  assert.equal(found("celebrate"), "🥳🎉");
  assert.equal(found("party pop"), "🎉");
  assert.equal(found("nothing"), "");
});

Deno.test("a tone is put on those alone that take one", () => {
  assert.equal(withTone(emoji("👍", "thumbsup"), "🏽"), "👍🏽");
  assert.equal(withTone(emoji("🎉", "tada"), "🏽"), "🎉");
});

Deno.test("a command is a word after a slash at the beginning, and no path", () => {
  assert.equal(parseCommand("/topic Low tide\nat six")?.rest, "Low tide\nat six");
  assert.equal(parseCommand("/topic")?.command?.name, "topic");
  assert.equal(parseCommand("/unheard of")?.command, null);
  assert.equal(parseCommand("/etc/hosts is broken"), null);
  assert.equal(parseCommand("and/or"), null);
});
