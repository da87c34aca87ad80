import assert from "node:assert/strict";
import { copiedFiles, stamp } from "../../ui/js/lib/clipboard.js";
import { callsMany, mayCallEveryone, whyClosed } from "../../ui/js/store/writing.js";
import { ANN, channel, me, membership, user } from "./builders.js";

const CROWD = channel({ member_count: 7 });

/**
 * @param {Parameters<typeof channel>[0]} fields
 * @param {Partial<Parameters<typeof whyClosed>[1]>} [writer]
 */
function closed(fields, writer = {}) {
  return whyClosed(channel(fields), { me: me(), users: {}, isReply: false, ...writer });
}

Deno.test("one writes where the server would take it, and nowhere else", () => {
  assert.equal(closed({}), null);
  assert.equal(closed({ archived_at: "2026-11-23T10:00:00Z" }), "archived");
  assert.equal(closed({ posting: "moderators" }), "announcements");
  assert.equal(closed({ posting: "moderators" }, { isReply: true }), null);
  const moderator = membership({ role: "admin" });
  assert.equal(closed({ posting: "moderators", membership: moderator }), null);
  assert.equal(closed({ posting: "moderators" }, { me: { ...me(), role: "owner" } }), null);
});

Deno.test("a conversation of two ends when the other has gone", () => {
  const gone = { [ANN]: { ...user(ANN), is_active: false } };
  assert.equal(closed({ kind: "dm", user_ids: ["1", ANN] }, { users: gone }), "partner_gone");
  assert.equal(closed({ kind: "dm", user_ids: ["1", ANN, "3"] }, { users: gone }), null);
  assert.equal(closed({ kind: "dm", user_ids: ["1", ANN] }), null);
});

Deno.test("who would call many is asked, unless it is only code", () => {
  assert.ok(callsMany("@channel the ferry leaves", CROWD));
  assert.ok(callsMany("well, @here: hurry", CROWD));
  assert.ok(callsMany("`x` @everyone", CROWD));
  for (
    const text of [
      "`@channel`",
      "```\n@channel\n```",
      "ann@channel.example",
      "@channel-seven",
      "@channels",
      "nothing",
    ]
  ) assert.ok(!callsMany(text, CROWD), text);
  assert.ok(!callsMany("@channel", channel({ member_count: 6 })));
  assert.ok(!callsMany("@channel", channel({ kind: "dm", member_count: 7 })));
});

Deno.test("everyone is called by those whom the workspace lets, and never by guests", () => {
  assert.ok(mayCallEveryone(channel(), me(), "everyone"));
  assert.ok(!mayCallEveryone(channel(), me(), "nobody"));
  assert.ok(!mayCallEveryone(channel(), me(), "moderators"));
  assert.ok(
    mayCallEveryone(channel({ membership: membership({ role: "owner" }) }), me(), "moderators"),
  );
  assert.ok(!mayCallEveryone(channel(), { ...me(), role: "guest" }, "everyone"));
  assert.ok(!mayCallEveryone(channel({ kind: "dm" }), me(), "everyone"));
});

Deno.test("a screenshot gets a name that says when", () => {
  const now = new Date(2026, 10, 23, 14, 2);
  assert.equal(stamp(now), "2026-11-23-1402");
  const data = /** @type {DataTransfer} */ (/** @type {unknown} */ ({
    types: ["Files"],
    files: [new File(["x"], "image.png", { type: "image/png" }), new File(["x"], "tide.png")],
  }));
  assert.deepEqual(copiedFiles(data, now).map(({ name }) => name), [
    "screenshot-2026-11-23-1402.png",
    "tide.png",
  ]);
});

Deno.test("the picture that a word processor puts beside the text is not meant", () => {
  const data = /** @type {DataTransfer} */ (/** @type {unknown} */ ({
    types: ["text/plain", "text/html", "Files"],
    files: [new File(["x"], "image.png", { type: "image/png" })],
  }));
  assert.deepEqual(copiedFiles(data, new Date()), []);
});
