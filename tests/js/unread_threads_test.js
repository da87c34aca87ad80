import assert from "node:assert/strict";
import { test } from "node:test";
import { EVENT } from "../../ui/js/protocol.generated.js";
import { withThreadState } from "../../ui/js/store/personal.js";
import { applyEvent } from "../../ui/js/store/streams.js";
import {
  unreadReplies,
  withThreadOverview,
  withThreadRead,
} from "../../ui/js/store/unread_threads.js";
import { GENERAL, ME, OWN_STREAM, ownPlace, posted, state, STREAM } from "./builders.js";

/**
 * @import { OrderedEvent } from "../../ui/js/protocol.generated.d.ts"
 * @import { State } from "../../ui/js/store/state.js"
 */

const ROOT = "1002";

/** @param {{ is_following?: boolean, read_seq?: number }} [fields] */
function followed(fields = {}) {
  return { root_id: ROOT, channel_id: GENERAL, is_following: true, read_seq: 5, ...fields };
}

/** @param {Parameters<typeof followed>[0]} [fields] */
function follower(fields) {
  const start = state({ cursors: { [STREAM]: 10, [OWN_STREAM]: 4 } });
  return { ...start, personal: withThreadState(start.personal, followed(fields)) };
}

/** @param {{ replies?: number, read_seq?: number, last_reply_seq?: number }} [fields] */
function counted(fields = {}) {
  return {
    root_id: ROOT,
    channel_id: GENERAL,
    replies: 2,
    mentions: 0,
    read_seq: 5,
    last_reply_seq: 9,
    ...fields,
  };
}

/**
 * @param {State} start
 * @param {OrderedEvent[]} events
 */
function after(start, ...events) {
  return events.reduce((current, event) => applyEvent(current, event).state, start);
}

/** @param {State} current */
function unread(current) {
  const thread = current.unreadThreads[ROOT];
  return thread ? unreadReplies(thread) : 0;
}

test("a reply of somebody else in a followed thread is unread, one's own is not", () => {
  const current = after(follower(), posted(11, { thread_id: ROOT }));
  assert.equal(unread(current), 1);
  const answered = after(current, posted(12, { thread_id: ROOT, author_id: ME }));
  assert.equal(unread(answered), 0);
});

test("what one does not follow is not unread", () => {
  const current = after(follower({ is_following: false }), posted(11, { thread_id: ROOT }));
  assert.deepEqual(current.unreadThreads, {});
});

test("the server's count and what was heard since are counted once", () => {
  const start = follower();
  const heard = after(
    start,
    posted(11, { thread_id: ROOT }),
    posted(12, { thread_id: ROOT }),
  );
  const overview = {
    threads: [counted({ replies: 3, last_reply_seq: 11 })],
    following: [followed()],
  };
  assert.equal(unread(withThreadOverview(heard, overview)), 4);
});

test("a thread that was read to its end on another device is unread no longer", () => {
  const start = withThreadOverview(follower(), { threads: [counted()], following: [] });
  assert.equal(unread(start), 2);
  const told = /** @type {OrderedEvent} */ ({
    ...ownPlace(5),
    ...followed({ read_seq: 9 }),
    type: EVENT.THREAD_CHANGED,
  });
  assert.deepEqual(after(start, told).unreadThreads, {});
});

test("of a thread that was read in part only the server knows the rest", () => {
  const start = withThreadOverview(follower(), { threads: [counted()], following: [] });
  const told = /** @type {OrderedEvent} */ ({
    ...ownPlace(5),
    ...followed({ read_seq: 7 }),
    type: EVENT.THREAD_CHANGED,
  });
  assert.equal(after(start, told).areThreadsStale, true);
});

test("what was read here is not undone by an older answer", () => {
  const read = withThreadRead(follower(), ROOT, 9);
  assert.equal(read.personal.threads[ROOT]?.read_seq, 9);
  const answered = withThreadOverview(read, { threads: [], following: [followed()] });
  assert.equal(answered.personal.threads[ROOT]?.read_seq, 9);
});

test("reading everything reads the threads", () => {
  const start = withThreadOverview(follower(), { threads: [counted()], following: [] });
  const told = /** @type {OrderedEvent} */ ({
    ...ownPlace(5),
    type: EVENT.READ_ALL_CHANGED,
    markers: { [GENERAL]: 10 },
  });
  assert.deepEqual(after(start, told).unreadThreads, {});
});

test("whoever follows no more has nothing unread there", () => {
  const start = withThreadOverview(follower(), { threads: [counted()], following: [] });
  const told = /** @type {OrderedEvent} */ ({
    ...ownPlace(5),
    ...followed({ is_following: false }),
    type: EVENT.THREAD_CHANGED,
  });
  assert.deepEqual(after(start, told).unreadThreads, {});
});

test("a mention in a thread makes the server count", () => {
  const told = /** @type {OrderedEvent} */ ({
    ...ownPlace(5),
    type: EVENT.MENTION_CREATED,
    channel_id: GENERAL,
    message_id: "1011",
    message_seq: 11,
    thread_id: ROOT,
    reason: "name",
    notify: true,
  });
  assert.equal(after(follower(), told).areThreadsStale, true);
});
