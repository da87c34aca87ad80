import assert from "node:assert/strict";
import {
  markFailed,
  markSending,
  markSent,
  newEntry,
  nextToSend,
  parseEntry,
  requeueUnanswered,
} from "../../ui/js/store/outbox.js";
import { buildRows } from "../../ui/js/store/rows.js";
import { applyEvent } from "../../ui/js/store/streams.js";
import { GENERAL, ME, message, posted, stateWith } from "./builders.js";

/** @import { OutboxEntry } from "../../ui/js/store/outbox.js" */
/** @import { State } from "../../ui/js/store/state.js" */

const A = "aaaaaaaa-0000-4000-8000-000000000000";
const B = "bbbbbbbb-0000-4000-8000-000000000000";

/** @param {string} clientId */
const entry = (clientId) =>
  newEntry({
    clientId,
    channelId: GENERAL,
    text: "hello",
    at: new Date(Date.UTC(2026, 10, 23, 12, 5)).toISOString(),
  });

/** @param {State} current */
function rows(current) {
  const timeline = current.timelines[GENERAL];
  assert.ok(timeline);
  const all = buildRows({ timeline, outbox: current.outbox, dividerAfter: null, meId: ME });
  return all.filter((row) => row.kind === "message");
}

/**
 * @param {State} current
 * @param {(outbox: OutboxEntry[]) => OutboxEntry[]} change
 */
const withOutbox = (current, change) => ({ ...current, outbox: change(current.outbox) });

Deno.test("what was just written stands at the end at once", () => {
  const current = stateWith([message(10)], { outbox: [entry(A)] });
  assert.deepEqual(rows(current).map((row) => row.entry?.phase ?? "posted"), ["posted", "waiting"]);
});

Deno.test("acknowledged first, event second: one row with the same key, then in its true place", () => {
  let current = stateWith([message(10)], { outbox: [entry(A)] });
  const key = rows(current)[1]?.key;
  current = withOutbox(current, (outbox) => markSent(markSending(outbox, A), A, 12));
  current = applyEvent(current, posted(11)).state;
  assert.deepEqual(rows(current).map((row) => row.message?.seq ?? row.entry?.seq), [10, 11, 12]);
  current = applyEvent(current, posted(12, { author_id: ME, client_id: A })).state;
  assert.deepEqual(rows(current).map((row) => row.message?.seq), [10, 11, 12]);
  assert.equal(rows(current)[2]?.key, key);
  assert.deepEqual(current.outbox, []);
});

Deno.test("event first, acknowledgement second: still one row", () => {
  let current = stateWith([message(10)], { outbox: [entry(A)] });
  current = applyEvent(current, posted(11, { author_id: ME, client_id: A })).state;
  assert.equal(rows(current).length, 2);
  current = withOutbox(current, (outbox) => markSent(outbox, A, 11));
  assert.equal(rows(current).length, 2);
});

Deno.test("somebody else's message with the same client_id does not settle mine", () => {
  const current = stateWith([message(10)], { outbox: [entry(A)] });
  assert.equal(applyEvent(current, posted(11, { client_id: A })).state.outbox.length, 1);
});

Deno.test("a place that moves past an acknowledged entry settles it: its event was applied before", () => {
  const sent = stateWith([message(10)], { outbox: markSent([entry(A)], A, 11) });
  assert.deepEqual(applyEvent(sent, posted(11)).state.outbox, []);
});

Deno.test("entries go one at a time and in the order of writing", () => {
  const outbox = [entry(A), entry(B)];
  assert.equal(nextToSend(outbox)?.client_id, A);
  assert.equal(nextToSend(markSending(outbox, A)), null);
  assert.equal(nextToSend(markSent(markSending(outbox, A), A, 11))?.client_id, B);
});

Deno.test("after a lost connection what has no answer goes again, and what was refused does not", () => {
  const outbox = [
    ...markSending([entry(A)], A),
    ...markFailed([entry(B)], B, { code: "", detail: "No.", isFinal: true }),
  ];
  assert.deepEqual(requeueUnanswered(outbox).map(({ phase }) => phase), ["waiting", "failed"]);
  const unanswered = markFailed([entry(A)], A, { code: "", detail: "No answer.", isFinal: false });
  assert.equal(requeueUnanswered(unanswered)[0]?.phase, "waiting");
});

Deno.test("what was stored comes back waiting, with its client_id", () => {
  const stored = JSON.stringify(markSending([entry(A)], A)[0]);
  assert.deepEqual([parseEntry(stored)?.client_id, parseEntry(stored)?.phase], [A, "waiting"]);
  assert.equal(parseEntry("{"), null);
  assert.equal(parseEntry('{"client_id": 3}'), null);
});
