import assert from "node:assert/strict";
import { buildRows } from "../../ui/js/store/rows.js";
import { withMessages, withPageAsked, withTimelineStarted } from "../../ui/js/store/snapshots.js";
import { applyEvent } from "../../ui/js/store/streams.js";
import { WINDOW_MESSAGES } from "../../ui/js/store/timeline.js";
import { EVENT } from "../../ui/js/protocol.generated.js";
import {
  channel,
  GENERAL,
  ME,
  message,
  place,
  posted,
  state,
  stateWith,
  user,
} from "./builders.js";

/** @import { Message, Notice, OrderedEvent } from "../../ui/js/protocol.generated.d.ts" */
/** @import { State } from "../../ui/js/store/state.js" */

/**
 * @param {number} seq
 * @param {Partial<Notice>} [fields]
 * @returns {Notice}
 */
const notice = (seq, fields = {}) => ({
  channel_id: GENERAL,
  seq,
  kind: "joined",
  actor_id: "3",
  subject_id: "3",
  text: "",
  at: message(seq).created_at,
  ...fields,
});

/**
 * @param {number} seq
 * @param {string} userId
 * @param {string} actorId
 * @returns {OrderedEvent}
 */
const joined = (seq, userId, actorId) => ({
  ...place(seq),
  actor_id: actorId,
  type: EVENT.MEMBER_JOINED,
  member: {
    channel_id: GENERAL,
    user_id: userId,
    role: "member",
    joined_at: place(seq).at,
    user: user(userId),
  },
});

/**
 * @param {State} start
 * @param {OrderedEvent[]} events
 */
const after = (start, ...events) =>
  events.reduce((current, event) => applyEvent(current, event).state, start);

/** @param {State} current */
const kinds = (current) =>
  current.timelines[GENERAL]?.notices.map(({ seq, kind }) => `${seq} ${kind}`);

/** @param {State} current */
function lines(current) {
  const timeline = current.timelines[GENERAL];
  assert.ok(timeline);
  return buildRows({ timeline, outbox: [], dividerAfter: null, meId: ME }).map((row) =>
    row.kind === "notice"
      ? `${row.notices[0]?.kind}×${row.notices.length}`
      : row.kind === "message"
      ? `${row.message?.seq}${row.isContinued ? "+" : ""}`
      : row.kind
  );
}

/**
 * @param {State} current
 * @param {"newest" | "older" | "newer" | "around"} kind
 * @param {Message[]} messages
 * @param {Notice[]} notices
 * @param {boolean} hasMore
 */
const page = (current, kind, messages, notices, hasMore) =>
  withMessages(current, GENERAL, 1, { kind, messages, notices, hasMore });

Deno.test("an event is told among the messages as a page would bring it", () => {
  const current = after(
    stateWith([message(9)]),
    joined(11, "4", "4"),
    joined(12, "5", "2"),
    {
      ...place(13),
      type: EVENT.CHANNEL_CHANGED,
      channel: { ...channel(), topic: "sun", name: "plaza" },
      changed: ["name", "topic"],
    },
    { ...place(14), type: EVENT.MEMBER_REMOVED, user_id: "5" },
    { ...place(15), type: EVENT.MESSAGE_PINNED, message_id: message(9).id },
  );
  assert.deepEqual(
    current.timelines[GENERAL]?.notices.map((one) => [one.kind, one.subject_id, one.text]),
    [
      ["joined", "4", ""],
      ["added", "5", ""],
      ["renamed", null, "plaza"],
      ["topic", null, "sun"],
      ["removed", "5", ""],
      ["pinned", null, ""],
    ],
  );
});

Deno.test("what a page and an event tell is told once", () => {
  const started = withTimelineStarted(state(), GENERAL, { generation: 1, atEnd: true });
  const heard = after(started, joined(11, "3", "3"));
  const loaded = page(heard, "newest", [message(9)], [notice(8), notice(11)], false);
  assert.deepEqual(kinds(loaded), ["8 joined", "11 joined"]);
});

Deno.test("what happens while the last page is on its way is not lost", () => {
  const started = withTimelineStarted(state(), GENERAL, { generation: 1, atEnd: false });
  const around = page(started, "around", [message(5), message(6)], [], true);
  const heard = after(withPageAsked(around, GENERAL, "newer"), joined(11, "3", "3"));
  const loaded = page(heard, "newer", [message(7)], [], false);
  assert.deepEqual(kinds(loaded), ["11 joined"]);
});

Deno.test("what happens beyond the end of the window waits for its page", () => {
  const started = withTimelineStarted(state(), GENERAL, { generation: 1, atEnd: false });
  const around = page(started, "around", [message(5), message(6)], [notice(5)], true);
  const current = after(around, joined(11, "3", "3"));
  assert.deepEqual(kinds(current), ["5 joined"]);
});

Deno.test("notices go with the messages that they stand between", () => {
  const messages = Array.from({ length: WINDOW_MESSAGES }, (_, index) => message(index + 2));
  const started = withTimelineStarted(
    state({ cursors: { "c:7": WINDOW_MESSAGES + 1 } }),
    GENERAL,
    { generation: 1, atEnd: true },
  );
  const full = page(started, "newest", messages, [notice(1), notice(2)], false);
  const current = after(full, posted(WINDOW_MESSAGES + 2), posted(WINDOW_MESSAGES + 3));
  assert.equal(current.timelines[GENERAL]?.messages.length, WINDOW_MESSAGES);
  assert.deepEqual(kinds(current), []);
});

Deno.test("several who come in a row are one line, which breaks a group of messages", () => {
  const started = withTimelineStarted(state(), GENERAL, { generation: 1, atEnd: true });
  const loaded = page(
    started,
    "newest",
    [message(1), message(2), message(7), message(8)],
    [notice(3), notice(4, { actor_id: "4" }), notice(5), notice(6, { kind: "topic" })],
    false,
  );
  assert.deepEqual(lines(loaded), ["day", "1", "2+", "joined×3", "topic×1", "7", "8+"]);
});

Deno.test("those whom different people add are told apart", () => {
  const started = withTimelineStarted(state(), GENERAL, { generation: 1, atEnd: true });
  const added = [notice(2, { kind: "added" }), notice(3, { kind: "added", actor_id: "9" })];
  const loaded = page(started, "newest", [message(1)], added, false);
  assert.deepEqual(lines(loaded), ["day", "1", "added×1", "added×1"]);
});

Deno.test("a direct conversation tells nothing of the kind", () => {
  const direct = stateWith([message(9)], { channels: { [GENERAL]: channel({ kind: "dm" }) } });
  assert.deepEqual(kinds(after(direct, joined(11, "3", "3"))), []);
});
