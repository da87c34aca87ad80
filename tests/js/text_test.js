import assert from "node:assert/strict";
import { fileIcon, fileSize, pictureBox } from "../../ui/js/lib/files.js";
import { enumerate } from "../../ui/js/lib/names.js";
import {
  codePoints,
  initials,
  isInsideFence,
  isLong,
  plainText,
  typingSentence,
} from "../../ui/js/lib/text.js";
import { ago, dayLabel, dayOf } from "../../ui/js/lib/time.js";
import { channelLines, named, newsOf, tabTitle } from "../../ui/js/store/selectors.js";
import { ANN, channel, file, ME, membership, user } from "./builders.js";

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
    isKept: false,
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

Deno.test("of Markdown the words are left", () => {
  const text =
    "# Ferry\n\n**Monday**, see `a_b.csv` and [the *plan*](https://example.org)\n> snake_case";
  assert.equal(plainText(text), "Ferry\nMonday, see a_b.csv and the plan\nsnake_case");
});

Deno.test("long texts are folded; long code scrolls inside itself", () => {
  const lines = (/** @type {number} */ count) => "line\n".repeat(count);
  assert.equal(isLong(lines(20)), false);
  assert.equal(isLong(lines(30)), true);
  assert.equal(isLong("word ".repeat(800)), true);
  assert.equal(isLong(`\`\`\`\n${lines(200)}\`\`\``), false);
  assert.equal(isLong(`${lines(15)}\`\`\`\n${lines(200)}\`\`\``), true);
});

Deno.test("some are named and the rest is counted", () => {
  assert.equal(enumerate(["Ann"], 1), "Ann");
  assert.equal(enumerate(["Ann", "Ben"], 2), "Ann and Ben");
  assert.equal(enumerate(["Ann", "Ben"], 5), "Ann, Ben, and 3 others");
  assert.equal(enumerate(["Ann", "Ben"], 3), "Ann, Ben, and 1 other");
});

Deno.test("how long ago something was is said in the largest unit", () => {
  const now = Date.parse("2026-11-23T12:00:00Z");
  assert.equal(ago("2026-11-23T11:55:00Z", now), "5 minutes ago");
  assert.equal(ago("2026-11-23T09:10:00Z", now), "2 hours ago");
  assert.equal(ago("2026-11-22T11:00:00Z", now), "yesterday");
  assert.equal(ago("2026-11-23T12:00:30Z", now), "this minute");
});

Deno.test("the place of a picture has its shape and is bounded", () => {
  const of = (/** @type {number} */ width, /** @type {number} */ height) =>
    pictureBox({ ...file("5"), width, height }, { isAlone: true });
  assert.deepEqual(of(200, 100), { width: 200, height: 100 });
  assert.deepEqual(of(4200, 2100), { width: 420, height: 210 });
  assert.deepEqual(of(1000, 4000), { width: 80, height: 320 });
});

Deno.test("a file says its size and its kind", () => {
  assert.equal(fileSize(16_000), "16 kB");
  assert.equal(fileSize(1_400_000), "1.4 MB");
  assert.equal(fileIcon({ ...file("5"), name: "boats.tar.gz" }), "file-archive");
  assert.equal(fileIcon({ ...file("5"), content_type: "video/mp4" }), "film");
});
