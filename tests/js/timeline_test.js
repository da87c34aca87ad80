import assert from "node:assert/strict";
import { withFileChanged } from "../../ui/js/store/ephemeral.js";
import { withMessages, withPageAsked, withTimelineStarted } from "../../ui/js/store/snapshots.js";
import { applyEvent } from "../../ui/js/store/streams.js";
import { WINDOW_MESSAGES } from "../../ui/js/store/timeline.js";
import { EVENT } from "../../ui/js/protocol.generated.js";
import {
  attention,
  deleted,
  edited,
  GENERAL,
  message,
  place,
  posted,
  seqs,
  state,
  stateWith,
} from "./builders.js";

/** @import { File, Message, Notice, OrderedEvent } from "../../ui/js/protocol.generated.d.ts" */
/** @import { State } from "../../ui/js/store/state.js" */

/**
 * @param {number} from
 * @param {number} to
 */
const range = (from, to) =>
  Array.from({ length: to - from + 1 }, (_, index) => message(from + index));

/**
 * @param {State} start
 * @param {OrderedEvent[]} events
 */
const after = (start, ...events) =>
  events.reduce((current, event) => applyEvent(current, event).state, start);

/**
 * @param {State} current
 * @param {"newest" | "around" | "older" | "newer"} kind
 * @param {Message[]} messages
 * @param {boolean} hasMore
 * @param {Notice[]} [notices]
 */
const page = (current, kind, messages, hasMore, notices = []) =>
  withMessages(current, GENERAL, 1, { kind, messages, notices, hasMore });

const reading = {
  place: { channelId: GENERAL, targetSeq: null, dividerAfter: null },
  attention: attention({ isFocused: true, isAtBottom: false }),
};

Deno.test("a message that arrives while the first page is on its way is not lost", () => {
  const started = withTimelineStarted(state(), GENERAL, { generation: 1, atEnd: true });
  const heard = after(started, posted(11));
  assert.deepEqual(seqs(page(heard, "newest", range(8, 10), true)), [8, 9, 10, 11]);
});

Deno.test("an older answer does not undo an edit or a deletion that was heard meanwhile", () => {
  const asked = withPageAsked(stateWith(range(9, 10)), GENERAL, "older");
  const heard = after(asked, edited(11, 7), deleted(12, 8));
  const loaded = page(heard, "older", range(7, 8), false).timelines[GENERAL]?.messages ?? [];
  assert.equal(loaded[0]?.text, "edited");
  assert.equal(loaded[1]?.text, "");
  assert.notEqual(loaded[1]?.deleted_at, null);
});

Deno.test("an answer to a question of before the reset is dropped", () => {
  const started = withTimelineStarted(state(), GENERAL, { generation: 2, atEnd: true });
  assert.deepEqual(seqs(page(started, "newest", range(1, 3), false)), []);
});

Deno.test("a deleted message keeps its place and loses its text, for good", () => {
  const next = after(stateWith(range(9, 10)), deleted(11, 9), edited(12, 9));
  const gone = next.timelines[GENERAL]?.messages[0];
  assert.deepEqual([gone?.seq, gone?.text, gone?.html], [9, "", ""]);
  assert.notEqual(gone?.deleted_at, null);
});

Deno.test("an edit that is older than what is shown is ignored", () => {
  const start = stateWith([message(10, { version: 5, text: "newest" })]);
  const next = after(start, edited(11, 10, { version: 3, text: "old" }));
  assert.equal(next.timelines[GENERAL]?.messages[0]?.text, "newest");
});

Deno.test("somebody at the end keeps the newest messages, and the window stays bounded", () => {
  let current = stateWith(range(1, WINDOW_MESSAGES), { cursors: { "c:7": WINDOW_MESSAGES } });
  current = after(current, posted(WINDOW_MESSAGES + 1));
  const timeline = current.timelines[GENERAL];
  assert.equal(timeline?.messages.length, WINDOW_MESSAGES);
  assert.equal(timeline?.messages.at(-1)?.seq, WINDOW_MESSAGES + 1);
  assert.equal(timeline?.hasOlder, true);
});

Deno.test("nothing is taken away from somebody who reads further up", () => {
  let current = stateWith(range(1, WINDOW_MESSAGES), {
    ...reading,
    cursors: { "c:7": WINDOW_MESSAGES },
  });
  current = after(current, posted(WINDOW_MESSAGES + 1), posted(WINDOW_MESSAGES + 2));
  const timeline = current.timelines[GENERAL];
  assert.equal(timeline?.messages[0]?.seq, 1);
  assert.equal(timeline?.messages.length, WINDOW_MESSAGES);
  assert.equal(timeline?.hasNewer, true);
  assert.equal(current.cursors["c:7"], WINDOW_MESSAGES + 2);
});

Deno.test("reading upwards drops the far end, and the way back finds it again", () => {
  const start = stateWith(range(101, 100 + WINDOW_MESSAGES));
  const up = page(withPageAsked(start, GENERAL, "older"), "older", range(71, 100), true);
  assert.equal(up.timelines[GENERAL]?.messages[0]?.seq, 71);
  assert.equal(up.timelines[GENERAL]?.hasNewer, true);
  const last = up.timelines[GENERAL]?.messages.at(-1)?.seq ?? 0;
  const asked = withPageAsked(up, GENERAL, "newer");
  const back = page(asked, "newer", range(last + 1, last + 30), false);
  assert.equal(back.timelines[GENERAL]?.hasNewer, false);
  assert.equal(back.timelines[GENERAL]?.messages.at(-1)?.seq, last + 30);
});

Deno.test("a message posted while the last page is on its way stands behind it", () => {
  const started = withTimelineStarted(state(), GENERAL, { generation: 1, atEnd: false });
  const around = page(started, "around", range(5, 6), true);
  const heard = after(withPageAsked(around, GENERAL, "newer"), posted(11));
  assert.deepEqual(seqs(page(heard, "newer", range(7, 10), false)), [5, 6, 7, 8, 9, 10, 11]);
});

Deno.test("reactions and pins change what hangs on a message, and not its version", () => {
  /** @param {number} seq @param {"reaction.added" | "reaction.removed"} type @param {string} user_id */
  const reaction = (seq, type, user_id) => ({
    ...place(seq),
    type,
    message_id: message(9).id,
    emoji: "🎉",
    user_id,
  });
  const pinned = { ...place(13), type: EVENT.MESSAGE_PINNED, message_id: message(9).id };
  const next = after(
    stateWith(range(9, 10)),
    reaction(11, EVENT.REACTION_ADDED, "2"),
    reaction(12, EVENT.REACTION_ADDED, "3"),
    pinned,
    reaction(14, EVENT.REACTION_REMOVED, "2"),
  );
  const known = next.timelines[GENERAL]?.messages[0];
  assert.deepEqual(known?.reactions, [{ emoji: "🎉", user_ids: ["3"] }]);
  assert.equal(known?.pinned_at, pinned.at);
  assert.equal(known?.version, 1);
  const last = after(next, reaction(15, EVENT.REACTION_REMOVED, "3"), {
    ...place(16),
    type: EVENT.MESSAGE_UNPINNED,
    message_id: message(9).id,
  });
  assert.deepEqual(last.timelines[GENERAL]?.messages[0]?.reactions, []);
  assert.equal(last.timelines[GENERAL]?.messages[0]?.pinned_at, null);
});

/**
 * @param {number} seq
 * @param {"reaction.added" | "reaction.removed"} type
 * @param {number} messageSeq
 * @returns {OrderedEvent}
 */
const reacted = (seq, type, messageSeq) => ({
  ...place(seq),
  type,
  message_id: message(messageSeq).id,
  emoji: "🎉",
  user_id: "3",
});

Deno.test("an edit brings a new text and leaves what hangs on the message", () => {
  const reactions = [{ emoji: "🎉", user_ids: ["3"] }];
  const thread = {
    root_id: message(9).id,
    reply_count: 2,
    last_reply_seq: 13,
    last_reply_at: null,
    replier_ids: [],
  };
  const pinned_at = "2026-11-23T12:31:00Z";
  const start = stateWith([message(9, { reactions, thread, pinned_at, pinned_by_id: "3" })]);
  const known = after(start, edited(11, 9)).timelines[GENERAL]?.messages[0];
  assert.equal(known?.text, "edited");
  assert.deepEqual(
    [known?.reactions, known?.thread, known?.pinned_at],
    [reactions, thread, pinned_at],
  );
});

Deno.test("an edit heard once more brings nothing back that was taken off after it", () => {
  const given = { version: 2, reactions: [{ emoji: "🎉", user_ids: ["3"] }] };
  const start = stateWith([message(9, { ...given, reactions: [] })]);
  const next = after(start, edited(11, 9, given));
  assert.deepEqual(next.timelines[GENERAL]?.messages[0]?.reactions, []);
});

Deno.test("what is put on a message while its page is on its way is there when it comes", () => {
  const asked = withPageAsked(stateWith(range(9, 10)), GENERAL, "older");
  const heard = after(
    asked,
    reacted(11, EVENT.REACTION_ADDED, 7),
    edited(12, 7),
    { ...place(13), type: EVENT.MESSAGE_PINNED, message_id: message(8).id },
    reacted(14, EVENT.REACTION_ADDED, 8),
    reacted(15, EVENT.REACTION_REMOVED, 8),
  );
  const [first, second] = page(heard, "older", range(7, 8), false).timelines[GENERAL]?.messages ??
    [];
  assert.deepEqual([first?.text, first?.reactions], ["edited", [{
    emoji: "🎉",
    user_ids: ["3"],
  }]]);
  assert.deepEqual([second?.reactions, second?.pinned_at], [[], place(13).at]);
});

Deno.test("a page that is older than what is known of a message takes nothing away", () => {
  const live = after(stateWith(range(9, 10)), reacted(11, EVENT.REACTION_ADDED, 10));
  const again = page(live, "newest", range(9, 10), false);
  assert.equal(again.timelines[GENERAL]?.messages[1]?.reactions.length, 1);
});

Deno.test("a picture whose thumbnails are there does not wait for them again", () => {
  const file = /** @type {File} */ ({ id: "5", state: "waiting" });
  const ready = /** @type {File} */ ({ id: "5", state: "ready" });
  const told = (/** @type {File} */ news) => ({
    type: EVENT.FILE_CHANGED,
    stream: "c:7",
    channel_id: GENERAL,
    message_id: message(9).id,
    file: news,
  });
  const done = withFileChanged(stateWith([message(9, { files: [file] })]), told(ready));
  assert.deepEqual(done.timelines[GENERAL]?.messages[0]?.files, [ready]);
  const later = withFileChanged(done, told(file));
  assert.deepEqual(later.timelines[GENERAL]?.messages[0]?.files, [ready]);
});

Deno.test("a thread's root follows its replies", () => {
  const thread = {
    root_id: message(9).id,
    reply_count: 1,
    last_reply_seq: 11,
    last_reply_at: "2026-11-23T12:00:11Z",
    replier_ids: ["2"],
  };
  const reply = { ...posted(11, { thread_id: message(9).id }), thread };
  const next = after(stateWith(range(9, 10)), reply);
  assert.deepEqual(next.timelines[GENERAL]?.messages[0]?.thread, thread);
});
