import assert from "node:assert/strict";
import {
  codePoints,
  initials,
  isInsideFence,
  plainText,
  typingSentence,
} from "../../ui/js/lib/text.js";
import { dayLabel, dayOf } from "../../ui/js/lib/time.js";
import { channelLines, named, newsOf, tabTitle } from "../../ui/js/store/selectors.js";
import { ANN, channel, ME, membership, user } from "./builders.js";

Deno.test("a length is counted in code points, as the server does", () => {
  assert.equal(codePoints("a😀b"), 3);
});

Deno.test("initials are the first and the last name's", () => {
  assert.deepEqual(["Ada Lovelace", "ada", "Ada King Lovelace", ""].map(initials), [
    "AL",
    "A",
    "AL",
    "?",
  ]);
});

Deno.test("Enter makes a line inside an open code fence", () => {
  assert.equal(isInsideFence("```\ncode"), true);
  assert.equal(isInsideFence("```\ncode\n```\n"), false);
  assert.equal(isInsideFence("text"), false);
});

Deno.test("typing is told for one, two and many", () => {
  assert.deepEqual([[], ["Ann"], ["Ann", "Bo"], ["Ann", "Bo", "Cy"]].map(typingSentence), [
    "",
    "Ann is typing…",
    "Ann and Bo are typing…",
    "Several people are typing…",
  ]);
});

Deno.test("days near today have names", () => {
  const now = new Date(2026, 10, 23, 9).getTime();
  assert.equal(dayLabel("2026-11-23", now), "Today");
  assert.equal(dayLabel("2026-11-22", now), "Yesterday");
  assert.match(dayLabel("2026-11-02", now), /2/);
  assert.match(dayLabel("2024-11-02", now), /2024/);
  assert.equal(dayOf(new Date(2026, 0, 5, 23, 59).toISOString()), "2026-01-05");
});

Deno.test("the tab's title counts what calls one, and has a dot for all else", () => {
  const channels = { "7": channel(), "8": channel({ id: "8", name: "design" }) };
  const count = {
    readSeq: 0,
    toldSeq: 0,
    base: { messages: 2, mentions: 1, lastSeq: 3 },
    since: [],
    isStale: false,
  };
  const lines = channelLines({ channels, unread: { "8": count }, drafts: { "7": " " } });
  assert.deepEqual(lines.map((line) => [line.channel.name, line.messages, line.hasDraft]), [
    ["design", 2, false],
    ["general", 0, false],
  ]);
  assert.deepEqual(newsOf(lines), { count: 1, hasDot: true });
  assert.equal(tabTitle(newsOf(lines), "#general", "Acme"), "(1) #general · Acme");
  assert.equal(tabTitle({ count: 0, hasDot: true }, "#general", "Acme"), "• #general · Acme");
  assert.equal(tabTitle(newsOf([]), "", "Acme"), "Acme");
});

Deno.test("a direct conversation is called by the others in it, and closed ones are not listed", () => {
  const direct = channel({ id: "9", kind: "dm", name: "", user_ids: [ME, ANN] });
  assert.equal(named(direct, { [ANN]: user(ANN) }, ME).name, "User 2");
  assert.equal(named({ ...direct, user_ids: [ME] }, {}, ME).name, "Notes to yourself");
  assert.equal(named(channel(), {}, ME).name, "general");
  const hidden = { ...direct, membership: membership({ is_hidden: true }) };
  assert.deepEqual(channelLines({ channels: { "9": hidden }, unread: {}, drafts: {} }), []);
});

Deno.test("a text without room for anything is read aloud", () => {
  assert.equal(plainText("**Ship** it, `now`"), "Ship it, now");
  assert.equal(plainText("see [the plan](https://example.org/a)"), "see the plan");
  assert.equal(plainText("# Plan\n\n- one\n- two\n\n```js\nlet a;\n```"), "Plan one two let a;");
  assert.equal(plainText("2 * 3 * 4 and a_b_c"), "2 * 3 * 4 and a_b_c");
});
