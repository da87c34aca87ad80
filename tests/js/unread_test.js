import assert from "node:assert/strict";
import { EVENT } from "../../ui/js/protocol.generated.js";
import { withRead, withReadingAgain, withUnreadFrom } from "../../ui/js/store/events.js";
import { readableUpTo } from "../../ui/js/store/selectors.js";
import { withUnread } from "../../ui/js/store/snapshots.js";
import { applyEvent, applyWelcome } from "../../ui/js/store/streams.js";
import { unreadTotals } from "../../ui/js/store/unread.js";
import {
  attention,
  deleted,
  GENERAL,
  ME,
  membership,
  message,
  ownPlace,
  posted,
  stateWith,
  welcome,
} from "./builders.js";

/** @import { OrderedEvent } from "../../ui/js/protocol.generated.d.ts" */
/** @import { State } from "../../ui/js/store/state.js" */

const start = () => applyWelcome(stateWith([message(10)]), welcome()).state;

/**
 * @param {State} from
 * @param {OrderedEvent[]} events
 */
const after = (from, ...events) =>
  events.reduce((current, event) => {
    const { state, outcome } = applyEvent(current, event);
    assert.equal(outcome, "applied");
    return state;
  }, from);

/** @param {State} current */
const totals = (current) => unreadTotals(current.unread[GENERAL]);

/**
 * @param {number} seq
 * @param {number} readSeq
 * @returns {OrderedEvent}
 */
const read = (seq, readSeq) => ({
  ...ownPlace(seq),
  type: EVENT.READ_CHANGED,
  channel_id: GENERAL,
  read_seq: readSeq,
});

/** @param {Partial<import("../../ui/js/api.js").Unread>} fields */
const row = (fields) => ({
  channel_id: GENERAL,
  messages: 0,
  mentions: 0,
  read_seq: 10,
  last_seq: 10,
  ...fields,
});

Deno.test("others' messages count, mine do not, and mentions count apart", () => {
  const current = after(
    start(),
    posted(11),
    posted(12, { author_id: ME }),
    posted(13, { mention_ids: [ME] }),
  );
  assert.deepEqual(totals(current), { messages: 2, mentions: 1 });
});

Deno.test("a marker moved in another tab takes away what was read there", () => {
  const current = after(start(), posted(11), posted(12), posted(13), read(5, 12));
  assert.deepEqual(totals(current), { messages: 1, mentions: 0 });
});

Deno.test("what this page has read is not undone by an older word of another device", () => {
  const reading = withRead(after(start(), posted(11), posted(12), posted(13)), GENERAL, 13);
  const current = after(reading, read(5, 12), posted(14));
  assert.equal(current.unread[GENERAL]?.readSeq, 13);
  assert.deepEqual(totals(current), { messages: 1, mentions: 0 });
});

Deno.test("what somebody marks as unread is unread again, and the server counts it", () => {
  const current = after(start(), posted(11), read(5, 11), read(6, 3));
  assert.equal(current.unread[GENERAL]?.readSeq, 3);
  assert.equal(current.unread[GENERAL]?.isStale, true);
  const counted = withUnread(current, [row({ messages: 8, read_seq: 3, last_seq: 11 })]);
  assert.deepEqual(totals(after(counted, posted(12))), { messages: 9, mentions: 0 });
});

Deno.test("a reply counts where it is shown", () => {
  const inThread = { thread_id: "1005" };
  const current = after(
    start(),
    posted(11, inThread),
    posted(12, { ...inThread, also_to_channel: true }),
  );
  assert.deepEqual(totals(current), { messages: 1, mentions: 0 });
});

Deno.test("calling everyone counts as a mention, but not in a muted channel", () => {
  assert.deepEqual(totals(after(start(), posted(11, { broad: "here" }))), {
    messages: 1,
    mentions: 1,
  });
  const muted = after(start(), {
    ...ownPlace(5),
    type: EVENT.MEMBERSHIP_CHANGED,
    channel_id: GENERAL,
    membership: membership({ is_muted: true }),
  });
  assert.equal(muted.unread[GENERAL]?.isStale, true);
  assert.deepEqual(totals(after(muted, posted(11, { broad: "here" }))), {
    messages: 1,
    mentions: 0,
  });
});

Deno.test("all is read at once", () => {
  const current = after(start(), posted(11), {
    ...ownPlace(5),
    type: EVENT.READ_ALL_CHANGED,
    markers: { [GENERAL]: 11, "99": 4 },
  });
  assert.deepEqual(totals(current), { messages: 0, mentions: 0 });
});

Deno.test("a fresh count does not count twice what was heard already", () => {
  const heard = after(start(), posted(11), posted(12));
  const current = withUnread(heard, [row({ messages: 2, last_seq: 12 })]);
  assert.deepEqual(totals(current), { messages: 2, mentions: 0 });
});

Deno.test("what was heard after the count was made stays on top of it", () => {
  const heard = after(start(), posted(11), posted(12));
  const current = withUnread(heard, [row({ messages: 1, last_seq: 11 })]);
  assert.deepEqual(totals(current), { messages: 2, mentions: 0 });
});

Deno.test("a deleted unread message does not count any more", () => {
  const current = after(start(), posted(11), posted(12), deleted(13, 11));
  assert.deepEqual(totals(current), { messages: 1, mentions: 0 });
});

Deno.test("a marker inside what the server counted makes the count be asked for again", () => {
  const counted = withUnread(start(), [row({ messages: 5, read_seq: 4 })]);
  assert.equal(counted.unread[GENERAL]?.readSeq, 10);
  const behind = {
    ...counted,
    unread: {
      [GENERAL]: {
        readSeq: 4,
        toldSeq: 4,
        base: { messages: 5, mentions: 0, lastSeq: 10 },
        since: [],
        isKept: false,
        isStale: false,
      },
    },
  };
  assert.equal(after(behind, read(5, 7)).unread[GENERAL]?.isStale, true);
  assert.equal(after(behind, read(5, 10)).unread[GENERAL]?.isStale, false);
  assert.deepEqual(totals(after(behind, read(5, 10))), { messages: 0, mentions: 0 });
});

Deno.test("a mention made by an edit marks the message that was heard", () => {
  const current = after(start(), posted(11), {
    ...ownPlace(5),
    type: EVENT.MENTION_CREATED,
    channel_id: GENERAL,
    message_id: message(11).id,
    message_seq: 11,
    thread_id: null,
    reason: "name",
    notify: true,
  });
  assert.deepEqual(totals(current), { messages: 1, mentions: 1 });
});

Deno.test("there is something to mark as read only while something is unread and the end is loaded", () => {
  assert.equal(readableUpTo(start(), GENERAL), null);
  const current = after(start(), posted(11));
  assert.equal(readableUpTo(current, GENERAL), 11);
  const timeline = current.timelines[GENERAL];
  assert.ok(timeline);
  const elsewhere = { ...current, timelines: { [GENERAL]: { ...timeline, hasNewer: true } } };
  assert.equal(readableUpTo(elsewhere, GENERAL), null);
});

Deno.test("New stands where somebody who was away stopped reading, and does not slide", () => {
  const open = {
    ...start(),
    place: { channelId: GENERAL, targetSeq: null, dividerAfter: null },
    attention: attention({ isFocused: false, isAtBottom: true }),
  };
  const current = after(open, posted(11), posted(12));
  assert.equal(current.place?.dividerAfter, 10);
  const focused = { ...open, attention: attention({ isFocused: true, isAtBottom: true }) };
  assert.equal(after(focused, posted(11)).place?.dividerAfter, null);
});

Deno.test("what somebody marks as unread stays so until they come back, read on or write", () => {
  const begun = {
    ...applyWelcome(stateWith([message(9), message(10)]), welcome()).state,
    place: { channelId: GENERAL, targetSeq: null, dividerAfter: null },
    attention: { isFocused: true, isAtBottom: true, isAtThreadEnd: false, isCovered: false },
  };
  const kept = withUnreadFrom(begun, GENERAL, 10);
  assert.equal(kept.place?.dividerAfter, 9);
  const told = after(kept, read(5, 9));
  const counted = withUnread(told, [row({ messages: 1, read_seq: 9, last_seq: 10 })]);
  assert.equal(readableUpTo(counted, GENERAL), null);
  assert.deepEqual(totals(counted), { messages: 1, mentions: 0 });
  assert.equal(readableUpTo(after(counted, posted(11)), GENERAL), null);
  assert.equal(readableUpTo(withReadingAgain(counted, GENERAL), GENERAL), 10);
});

Deno.test("a marker that another device set back is not moved on by looking", () => {
  const begun = applyWelcome(stateWith([message(9), message(10)]), welcome()).state;
  const told = after(begun, read(5, 9));
  const counted = withUnread(told, [row({ messages: 1, read_seq: 9, last_seq: 10 })]);
  assert.equal(readableUpTo(counted, GENERAL), null);
});
