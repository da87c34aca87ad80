import assert from "node:assert/strict";
import { marked, withMark, withMarkAnswered, withoutMark } from "../../ui/js/store/marks.js";
import { withCursor } from "../../ui/js/store/events.js";
import { applyEvent } from "../../ui/js/store/streams.js";
import { EVENT } from "../../ui/js/protocol.generated.js";
import { GENERAL, ME, message, place, stateWith, STREAM } from "./builders.js";

/** @import { Mark } from "../../ui/js/store/marks.js" */

/**
 * @param {Partial<Mark>} [fields]
 * @returns {Mark}
 */
const mark = (fields = {}) => ({
  id: "mark-1",
  channelId: GENERAL,
  messageId: message(9).id,
  emoji: "🎉",
  isOn: true,
  at: "2026-11-23T13:00:00Z",
  seq: null,
  ...fields,
});

Deno.test("what one has just put under a message is seen before the server has said so", () => {
  const shown = marked(message(9), [mark()], ME);
  assert.deepEqual(shown.reactions, [{ emoji: "🎉", user_ids: [ME] }]);
  const pinned = marked(message(9), [mark({ emoji: null })], ME);
  assert.equal(pinned.pinned_by_id, ME);
});

Deno.test("a message that nothing was put on stays the same one", () => {
  const other = message(10);
  assert.equal(marked(other, [mark()], ME), other);
});

Deno.test("of several words on the same emoji the last one counts", () => {
  const marks = withMark(withMark([], mark()), mark({ id: "mark-2", isOn: false }));
  const given = message(9, { reactions: [{ emoji: "🎉", user_ids: [ME, "3"] }] });
  assert.deepEqual(marked(given, marks, ME).reactions, [{ emoji: "🎉", user_ids: ["3"] }]);
  assert.equal(withMarkAnswered(marks, "mark-1", { seq: 11, cursor: 10 })[0]?.seq, null);
});

Deno.test("a mark stays from the answer until its event, so that nothing flickers", () => {
  const marks = withMarkAnswered([mark()], "mark-1", { seq: 11, cursor: 10 });
  assert.equal(marks[0]?.seq, 11);
  const start = stateWith([message(9)], { marks, cursors: { [STREAM]: 10 } });
  const next = applyEvent(start, {
    ...place(11),
    type: EVENT.REACTION_ADDED,
    message_id: message(9).id,
    emoji: "🎉",
    user_id: ME,
  }).state;
  assert.deepEqual(next.marks, []);
  assert.deepEqual(next.timelines[GENERAL]?.messages[0]?.reactions, [{
    emoji: "🎉",
    user_ids: [ME],
  }]);
});

Deno.test("an answer after its event, or a refusal, takes the mark away", () => {
  assert.deepEqual(withMarkAnswered([mark()], "mark-1", { seq: 9, cursor: 10 }), []);
  assert.deepEqual(withoutMark([mark()], "mark-1"), []);
});

Deno.test("what happens in one channel leaves the marks in another", () => {
  const elsewhere = mark({ channelId: "8", seq: 3 });
  const start = stateWith([message(9)], { marks: [elsewhere] });
  assert.deepEqual(withCursor(start, STREAM, 11).marks, [elsewhere]);
});
