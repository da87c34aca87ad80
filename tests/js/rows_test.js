import assert from "node:assert/strict";
import { buildRows } from "../../ui/js/store/rows.js";
import { GENERAL, ME, message, stateWith } from "./builders.js";

/** @import { Message } from "../../ui/js/protocol.generated.d.ts" */

/**
 * @param {Message[]} messages
 * @param {number | null} [dividerAfter]
 * @param {boolean} [hasOlder]
 */
function shape(messages, dividerAfter = null, hasOlder = false) {
  const timeline = stateWith(messages).timelines[GENERAL];
  assert.ok(timeline);
  return buildRows({ timeline: { ...timeline, hasOlder }, outbox: [], dividerAfter, meId: ME }).map(
    (row) => row.kind !== "message" ? row.kind : row.isContinued ? "continued" : "message",
  );
}

/**
 * @param {number} hour
 * @param {number} minute
 */
const at = (hour, minute, day = 23) => new Date(2026, 10, day, hour, minute).toISOString();

Deno.test("messages of one author within five minutes stand under one name", () => {
  const messages = [
    message(1, { created_at: at(12, 0) }),
    message(2, { created_at: at(12, 5) }),
    message(3, { created_at: at(12, 11) }),
    message(4, { created_at: at(12, 12), author_id: "3" }),
  ];
  assert.deepEqual(shape(messages), ["day", "message", "continued", "message", "message"]);
});

Deno.test("a new day of the reader begins with a divider and a name", () => {
  const messages = [
    message(1, { created_at: at(23, 59) }),
    message(2, { created_at: at(0, 1, 24) }),
  ];
  assert.deepEqual(shape(messages), ["day", "message", "day", "message"]);
});

Deno.test("New stands before the first foreign message after the marker, and breaks a group", () => {
  const messages = [message(1), message(2, { author_id: ME }), message(3), message(4)];
  assert.deepEqual(shape(messages, 1), [
    "day",
    "message",
    "message",
    "new",
    "message",
    "continued",
  ]);
});

Deno.test("without a message from before the marker in the window, New would be a guess", () => {
  assert.deepEqual(shape([message(5), message(6)], 2, true), ["day", "message", "continued"]);
  assert.deepEqual(shape([message(5), message(6)], 2, false), [
    "day",
    "new",
    "message",
    "continued",
  ]);
});
