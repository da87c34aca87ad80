import assert from "node:assert/strict";
import { COMMAND } from "../../ui/js/protocol.generated.js";
import { newEntry } from "../../ui/js/store/outbox.js";
import { savedTimeline, withSaved } from "../../ui/js/store/saved.js";
import { applyEvent, applyWelcome } from "../../ui/js/store/streams.js";
import {
  channel,
  deleted,
  edited,
  GENERAL,
  ME,
  message,
  posted,
  seqs,
  state,
  stateWith,
  STREAM,
  welcome,
} from "./builders.js";

/** @import { SavedTimeline } from "../../ui/js/store/saved.js" */

const NOW = Date.UTC(2026, 10, 23, 13);
const DAY_MS = 24 * 3600 * 1000;

/**
 * What a page has saved that had loaded up to 10.
 *
 * @param {Partial<SavedTimeline>} [fields]
 * @returns {SavedTimeline}
 */
function saved(fields = {}) {
  const row = savedTimeline(stateWith([message(9), message(10)], { epoch: "e1" }), GENERAL, NOW);
  assert.ok(row);
  return { ...row, ...fields };
}

/** @param {number} lastSeq */
const pageAt = (lastSeq) => ({
  channels: { [GENERAL]: channel({ last_seq: lastSeq }) },
  cursors: { [STREAM]: lastSeq },
});

Deno.test("a page shows at once what the one before it has saved", () => {
  const next = withSaved(state(), structuredClone([saved()]), NOW);
  assert.deepEqual(seqs(next.state), [9, 10]);
  assert.deepEqual(next.restored, [GENERAL]);
  assert.deepEqual(next.useless, []);
  assert.equal(applyWelcome(next.state, welcome()).needs.sync.length, 0);
});

Deno.test("what happened between the two pages is asked for from where the timeline is, and applied once", () => {
  const begun = state(pageAt(13));
  let { state: current } = withSaved(begun, [saved()], NOW);
  const met = applyWelcome(current, welcome({ streams: { [STREAM]: 13 } }));
  assert.deepEqual(met.needs.sync, [STREAM]);
  assert.equal(met.state.cursors[STREAM], 10);
  current = met.state;
  for (const event of [posted(11), edited(12, 9), deleted(13, 10)]) {
    current = applyEvent(current, event).state;
  }
  const messages = current.timelines[GENERAL]?.messages ?? [];
  assert.deepEqual(messages.map(({ seq, text }) => [seq, text]), [
    [9, "edited"],
    [10, ""],
    [11, "text 11"],
  ]);
  assert.equal(current.cursors[STREAM], 13);
  assert.equal(current.channels[GENERAL]?.last_seq, 13);
});

Deno.test("another tab that saved more than the page brought leaves no hole", () => {
  const row = saved({ cursor: 12, messages: [message(10), message(11), message(12)] });
  let { state: current } = withSaved(state(), [row], NOW);
  assert.equal(current.cursors[STREAM], 10);
  for (const event of [posted(11), posted(12), posted(13)]) {
    current = applyEvent(current, event).state;
  }
  assert.deepEqual(seqs(current), [10, 11, 12, 13]);
});

Deno.test("an unread message is counted once, though it is heard of twice", () => {
  const count = { messages: 1, mentions: 0, lastSeq: 11 };
  const begun = state({
    ...pageAt(11),
    unread: {
      [GENERAL]: {
        readSeq: 10,
        toldSeq: 10,
        base: count,
        since: [],
        isKept: false,
        isStale: false,
      },
    },
  });
  const { state: restored } = withSaved(begun, [saved()], NOW);
  const current = applyEvent(restored, posted(11)).state;
  assert.deepEqual(current.unread[GENERAL]?.since, []);
  assert.deepEqual(seqs(current), [9, 10, 11]);
});

Deno.test("what was saved and waits to be sent as well has arrived", () => {
  const clientId = "aaaaaaaa-0000-4000-8000-000000000000";
  const written = { clientId, channelId: GENERAL, text: "hello", at: "2026-11-23T12:00:00Z" };
  const begun = state({ outbox: [newEntry(written)] });
  const arrived = message(10, { author_id: ME, client_id: clientId });
  assert.deepEqual(withSaved(begun, [saved({ messages: [arrived] })], NOW).state.outbox, []);
});

Deno.test("a place in the middle of the history is kept as one", () => {
  const { state: next } = withSaved(state(), [saved({ has_newer: true, has_older: true })], NOW);
  const timeline = next.timelines[GENERAL];
  assert.deepEqual([timeline?.hasNewer, timeline?.hasOlder, timeline?.isLoaded], [
    true,
    true,
    true,
  ]);
  assert.deepEqual(seqs(applyEvent(next, posted(11)).state), [9, 10]);
});

Deno.test("only one epoch is gone on from: that of what was saved last", () => {
  const other = saved({ channel_id: "8", epoch: "e0", saved_at: NOW - 1 });
  const begun = state({
    channels: { [GENERAL]: channel(), "8": channel({ id: "8" }) },
    cursors: { [STREAM]: 10, "c:8": 10 },
  });
  const next = withSaved(begun, [other, saved()], NOW);
  assert.equal(next.state.epoch, "e1");
  assert.deepEqual(Object.keys(next.state.timelines), [GENERAL]);
  assert.deepEqual(next.useless, [other]);
});

/** @type {[string, unknown][]} */
const useless = [
  ["somebody else's", saved({ owner: "2" })],
  ["older than a week", saved({ saved_at: NOW - 8 * DAY_MS })],
  ["from the future", saved({ saved_at: NOW + 8 * DAY_MS })],
  ["too far behind", saved({ cursor: -191 })],
  ["of a channel that one is not in", saved({ channel_id: "99" })],
  ["of a channel in another database", saved({ channel_created_at: "2020-01-01T00:00:00Z" })],
  ["of another form", saved({ form: 0 })],
  ["damaged: no cursor", { ...saved(), cursor: undefined }],
  ["damaged: no messages", { ...saved(), messages: null }],
  ["damaged: out of order", saved({ messages: [message(10), message(9)] })],
  ["damaged: twice the same", saved({ messages: [message(10), message(10)] })],
  ["damaged: not a message", { ...saved(), messages: [null] }],
  ["damaged: nothing at all", null],
  ["damaged: a word", COMMAND.PING],
];

for (const [what, row] of useless) {
  Deno.test(`what was saved is not used when it is ${what}`, () => {
    const begun = state();
    const next = withSaved(begun, [row], NOW);
    assert.equal(next.state, begun);
    assert.deepEqual([next.restored, next.useless], [[], [row]]);
  });
}

Deno.test("nothing is saved of what could not be gone on from", () => {
  assert.equal(savedTimeline(stateWith([message(10)]), GENERAL, NOW), null, "no epoch yet");
  assert.equal(savedTimeline(state({ epoch: "e1" }), GENERAL, NOW), null, "not loaded");
  const lookedAt = stateWith([message(10)], { epoch: "e1", cursors: {} });
  assert.equal(savedTimeline(lookedAt, GENERAL, NOW), null, "not followed");
});
