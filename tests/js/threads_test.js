import assert from "node:assert/strict";
import { test } from "node:test";
import { EVENT } from "../../ui/js/protocol.generated.js";
import { threadReadableUpTo, withReplies, withThreadStarted } from "../../ui/js/store/threads.js";
import { applyEvent, applyReset } from "../../ui/js/store/streams.js";
import { WINDOW_MESSAGES } from "../../ui/js/store/timeline.js";
import {
  ANN,
  attention,
  deleted,
  edited,
  GENERAL,
  message,
  place,
  posted,
  state,
  stateWith,
  STREAM,
} from "./builders.js";

/**
 * @import { OrderedEvent, ThreadSummary } from "../../ui/js/protocol.generated.d.ts"
 * @import { State } from "../../ui/js/store/state.js"
 */

const ROOT = "1002";

/**
 * @param {number} count
 * @param {number} lastSeq
 * @returns {ThreadSummary}
 */
function summary(count, lastSeq) {
  return {
    root_id: ROOT,
    reply_count: count,
    last_reply_seq: lastSeq,
    last_reply_at: "2026-11-23T12:00:00Z",
    replier_ids: [ANN],
  };
}

/**
 * @param {number} seq
 * @param {number} [count]
 * @param {object} [fields]
 * @returns {OrderedEvent}
 */
function reply(seq, count = 1, fields = {}) {
  const event = posted(seq, { thread_id: ROOT, ...fields });
  return /** @type {OrderedEvent} */ ({ ...event, thread: summary(count, seq) });
}

/**
 * A thread with these replies, open beside #general.
 *
 * @param {number[]} seqs
 * @param {Partial<State>} [fields]
 */
function open(seqs, fields = {}) {
  const root = message(2, { thread: summary(seqs.length, seqs.at(-1) ?? 0) });
  const started = withThreadStarted(
    state({
      thread: { rootId: ROOT, channelId: GENERAL, targetSeq: null, dividerAfter: null },
      ...fields,
    }),
    { rootId: ROOT, channelId: GENERAL, root },
    { generation: 1, atEnd: true },
  );
  return withReplies(started, ROOT, 1, {
    kind: "newest",
    notices: [],
    messages: seqs.map((seq) => message(seq, { thread_id: ROOT })),
    hasMore: false,
  });
}

/**
 * @param {State} start
 * @param {OrderedEvent[]} events
 */
function after(start, ...events) {
  return events.reduce((current, event) => applyEvent(current, event).state, start);
}

/** @param {State} current */
function replies(current) {
  return current.threads[ROOT]?.replies.messages.map(({ seq }) => seq);
}

test("a reply joins its open thread in its place and the root counts it", () => {
  const current = after(open([5, 7]), reply(11, 3));
  assert.deepEqual(replies(current), [5, 7, 11]);
  assert.equal(current.threads[ROOT]?.root?.thread?.reply_count, 3);
});

test("a reply that stays in its thread is no part of the channel, and one that is shown is", () => {
  const current = after(
    stateWith([message(2)]),
    reply(11, 1),
    reply(12, 2, { also_to_channel: true }),
  );
  assert.deepEqual(current.timelines[GENERAL]?.messages.map(({ seq }) => seq), [2, 12]);
});

test("what is said elsewhere does not join", () => {
  const current = after(open([5]), posted(11), reply(12, 1, { thread_id: "1003" }));
  assert.deepEqual(replies(current), [5]);
});

test("a reply and the root are edited in the thread, and keep what hangs on them", () => {
  const current = after(
    open([5]),
    { ...place(11), type: EVENT.REACTION_ADDED, message_id: ROOT, user_id: ANN, emoji: "👍" },
    edited(12, 5, { thread_id: ROOT }),
    edited(13, 2),
  );
  const thread = current.threads[ROOT];
  assert.equal(thread?.replies.messages[0]?.text, "edited");
  assert.equal(thread?.root?.text, "edited");
  assert.deepEqual(thread?.root?.reactions, [{ emoji: "👍", user_ids: [ANN] }]);
  assert.equal(thread?.root?.thread?.reply_count, 1);
});

test("a deleted root leaves a stub with its replies below", () => {
  const current = after(open([5]), deleted(11, 2));
  assert.notEqual(current.threads[ROOT]?.root?.deleted_at, null);
  assert.equal(current.threads[ROOT]?.root?.text, "");
  assert.deepEqual(replies(current), [5]);
});

test("a reply that came while the page was on its way stands behind it, once", () => {
  const root = message(2);
  const started = withThreadStarted(state(), { rootId: ROOT, channelId: GENERAL, root }, {
    generation: 1,
    atEnd: true,
  });
  const heard = after(started, reply(11));
  const current = withReplies(heard, ROOT, 1, {
    kind: "newest",
    notices: [],
    messages: [message(5, { thread_id: ROOT }), message(11, { thread_id: ROOT })],
    hasMore: false,
  });
  assert.deepEqual(replies(current), [5, 11]);
});

test("an answer to an older asking is dropped", () => {
  const current = withReplies(open([5]), ROOT, 0, {
    kind: "newest",
    notices: [],
    messages: [message(9, { thread_id: ROOT })],
    hasMore: false,
  });
  assert.deepEqual(replies(current), [5]);
});

test("a thread keeps a bounded window for whoever follows its end", () => {
  const seqs = Array.from({ length: WINDOW_MESSAGES }, (_, index) => index + 20);
  const start = open(seqs, {
    cursors: { [STREAM]: 999 },
    attention: attention({ isAtThreadEnd: true }),
  });
  const current = after(start, reply(1000, 271));
  assert.equal(replies(current)?.length, WINDOW_MESSAGES);
  assert.equal(replies(current)?.at(-1), 1000);
  assert.equal(current.threads[ROOT]?.replies.hasOlder, true);
});

test("whoever looks away finds New where they stopped reading", () => {
  const known = { root_id: ROOT, channel_id: GENERAL, is_following: true, read_seq: 5 };
  const start = open([5]);
  const away = { ...start, personal: { ...start.personal, threads: { [ROOT]: known } } };
  assert.equal(after(away, reply(11)).thread?.dividerAfter, 5);
  const here = { ...away, attention: attention({ isFocused: true }) };
  assert.equal(after(here, reply(11)).thread?.dividerAfter, null);
});

test("there is something to say of a thread while its end is newer than the marker", () => {
  const start = open([5, 7]);
  assert.equal(threadReadableUpTo(start), null);
  const known = { root_id: ROOT, channel_id: GENERAL, is_following: true, read_seq: 5 };
  const told = { ...start, personal: { ...start.personal, threads: { [ROOT]: known } } };
  assert.equal(threadReadableUpTo(told), 7);
  const read = { ...known, read_seq: 7 };
  assert.equal(
    threadReadableUpTo({ ...told, personal: { ...told.personal, threads: { [ROOT]: read } } }),
    null,
  );
});

test("after a gap that cannot be filled the thread is read anew", () => {
  const reset = applyReset(open([5]), { type: "reset", stream: STREAM, seq: 5000 });
  assert.equal(reset.threads[ROOT], undefined);
  assert.equal(reset.thread?.rootId, ROOT);
});

test("only the threads that were looked at last are kept", () => {
  let current = state();
  for (let number = 1; number <= 7; number++) {
    current = withThreadStarted(
      current,
      { rootId: String(number), channelId: GENERAL, root: null },
      { generation: number, atEnd: true },
    );
  }
  assert.deepEqual(Object.keys(current.threads).sort(), ["3", "4", "5", "6", "7"]);
});
