import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestFailed } from "../../ui/js/api.js";
import { EVENT } from "../../ui/js/protocol.generated.js";
import { ListLoader } from "../../ui/js/session/list_loader.js";
import {
  isStillUnread,
  withListHead,
  withListPage,
  withListStarted,
} from "../../ui/js/store/lists.js";
import { Store } from "../../ui/js/store/store.js";
import { applyEvent } from "../../ui/js/store/streams.js";
import {
  deleted,
  edited,
  GENERAL,
  ME,
  message,
  OWN_STREAM,
  ownPlace,
  place,
  posted,
  state,
  STREAM,
} from "./builders.js";
import { FakeClock, settle } from "./fakes.js";

/**
 * @import { Api } from "../../ui/js/api.js"
 * @import { OrderedEvent } from "../../ui/js/protocol.generated.d.ts"
 * @import { ListEntry, ListName, ListPage } from "../../ui/js/store/lists.js"
 * @import { State } from "../../ui/js/store/state.js"
 */

/**
 * @param {number} seq
 * @param {Partial<ListEntry>} [fields]
 * @returns {ListEntry}
 */
function entry(seq, fields = {}) {
  return { key: String(1000 + seq), channelId: GENERAL, messages: [message(seq)], ...fields };
}

/**
 * @param {ListName} name
 * @param {ListEntry[]} entries
 * @param {string | null} [cursor]
 * @param {string} [subject]
 */
function listed(name, entries, cursor = null, subject = GENERAL) {
  const start = state({ cursors: { [STREAM]: 10, [OWN_STREAM]: 4 } });
  const begun = withListStarted(start, name, { subject, generation: 1, keeps: false });
  return withListPage(begun, name, 1, { entries, cursor });
}

/**
 * @param {State} start
 * @param {OrderedEvent[]} events
 */
function after(start, ...events) {
  return events.reduce((current, event) => applyEvent(current, event).state, start);
}

/**
 * @param {State} current
 * @param {ListName} name
 */
function keys(current, name) {
  return current.lists[name]?.entries.map(({ key }) => key);
}

test("pages follow each other, and nothing stands twice", () => {
  const first = listed("saved", [entry(9), entry(8)], "8");
  assert.equal(first.lists.saved?.hasMore, true);
  const whole = withListPage(first, "saved", 1, { entries: [entry(8), entry(7)], cursor: null });
  assert.deepEqual(keys(whole, "saved"), ["1009", "1008", "1007"]);
  assert.equal(whole.lists.saved?.hasMore, false);
});

test("a beginning that is read again joins what was further down", () => {
  const start = listed("mentions", [entry(9), entry(8), entry(7)], "7");
  const joined = withListHead(start, "mentions", 1, {
    entries: [entry(10), entry(9)],
    cursor: "9",
  });
  assert.deepEqual(keys(joined, "mentions"), ["1010", "1009", "1008", "1007"]);
  assert.equal(joined.lists.mentions?.cursor, "7");
});

test("with a hole between, the list begins anew", () => {
  const start = listed("mentions", [entry(3), entry(2)], "2");
  const apart = withListHead(start, "mentions", 1, { entries: [entry(10), entry(9)], cursor: "9" });
  assert.deepEqual(keys(apart, "mentions"), ["1010", "1009"]);
  assert.equal(apart.lists.mentions?.cursor, "9");
});

test("what is deleted leaves the lists, and an edit is seen in them", () => {
  const start = listed("search", [entry(9), entry(8)]);
  const current = after(start, edited(11, 9), deleted(12, 8));
  assert.deepEqual(keys(current, "search"), ["1009"]);
  assert.equal(current.lists.search?.entries[0]?.messages[0]?.text, "edited");
});

test("what is saved no longer leaves at once; what is saved elsewhere has the list read again", () => {
  const event = { type: EVENT.SAVED_CHANGED, channel_id: GENERAL, message_id: "1009" };
  const start = listed("saved", [entry(9)]);
  const gone = after(start, { ...ownPlace(5), ...event, is_saved: false });
  assert.deepEqual(keys(gone, "saved"), []);
  const more = after(start, { ...ownPlace(5), ...event, is_saved: true });
  assert.equal(more.lists.saved?.isStale, true);
});

test("pins come and go with the events of their channel alone", () => {
  const start = listed("pins", [entry(9)]);
  const unpinned = after(start, { ...place(11), type: EVENT.MESSAGE_UNPINNED, message_id: "1009" });
  assert.deepEqual(keys(unpinned, "pins"), []);
  const pinned = { ...place(11), type: EVENT.MESSAGE_PINNED, message_id: "1008" };
  assert.equal(after(start, pinned).lists.pins?.isStale, true);
  const elsewhere = listed("pins", [entry(9)], null, "8");
  assert.equal(after(elsewhere, pinned).lists.pins?.isStale, false);
});

test("a reply is seen under its listed thread, the last ones only", () => {
  const root = entry(2, { messages: [message(2), message(5), message(6)] });
  const current = after(
    listed("threads", [root]),
    posted(11, { thread_id: "1002" }),
    posted(12, { thread_id: "1002" }),
  );
  assert.deepEqual(current.lists.threads?.entries[0]?.messages.map(({ seq }) => seq), [
    2,
    6,
    11,
    12,
  ]);
});

test("an unread conversation shows what is said in it, up to a number", () => {
  const conversation = { key: GENERAL, channelId: GENERAL, messages: [message(8), message(9)] };
  const events = [11, 12, 13, 14].map((seq) => posted(seq));
  const current = after(listed("unreads", [conversation]), ...events);
  assert.deepEqual(current.lists.unreads?.entries[0]?.messages.map(({ seq }) => seq), [
    8,
    9,
    11,
    12,
    13,
  ]);
  const own = after(listed("unreads", []), posted(11, { author_id: ME }));
  assert.equal(own.lists.unreads?.isStale, false);
  assert.equal(after(listed("unreads", []), posted(11)).lists.unreads?.isStale, true);
});

test("what was unread is so until its marker has passed it", () => {
  const mention = entry(12, { isUnread: true });
  const { unread } = state();
  const threads = {
    1002: { root_id: "1002", channel_id: GENERAL, is_following: true, read_seq: 20 },
  };
  assert.equal(isStillUnread(mention, { unread, threads }), true);
  assert.equal(isStillUnread(entry(9, { isUnread: true }), { unread, threads }), false);
  assert.equal(isStillUnread(entry(12, { isUnread: false }), { unread, threads }), false);
  const reply = entry(12, { isUnread: true, messages: [message(12, { thread_id: "1002" })] });
  assert.equal(isStillUnread(reply, { unread, threads }), false);
});

// ── Reading them ────────────────────────────────────────────────────────────────────────────

function reader() {
  const clock = new FakeClock();
  const store = new Store(state());
  /** @type {string[]} */
  const channelsAsked = [];
  const loader = new ListLoader({
    store,
    clock,
    api: /** @type {Api} */ ({}),
    channels: {
      channel: (channelId) => {
        channelsAsked.push(channelId);
        return Promise.resolve(true);
      },
    },
  });
  /** @type {{ subject: string, cursor: string | null, answer: (page: ListPage) => void, refuse: (error: Error) => void }[]} */
  const asked = [];
  const read = (
    /** @type {Api} */ _api,
    /** @type {string} */ subject,
    /** @type {string | null} */ cursor,
  ) =>
    new Promise((/** @type {(page: ListPage) => void} */ answer, refuse) => {
      asked.push({ subject, cursor, answer, refuse });
    });
  return { clock, store, loader, asked, read, channelsAsked };
}

test("an answer to a search that was typed on from is dropped", async () => {
  const { store, loader, asked, read } = reader();
  loader.begin("search", "ti", read, { keeps: true });
  loader.begin("search", "tide", read, { keeps: true });
  asked[1]?.answer({ entries: [entry(9)], cursor: null });
  await settle();
  asked[0]?.answer({ entries: [entry(3)], cursor: null });
  await settle();
  assert.deepEqual(keys(store.state, "search"), ["1009"]);
});

test("what was found before is shown until something else was found", async () => {
  const { store, loader, asked, read } = reader();
  loader.begin("search", "tide", read, { keeps: true });
  asked[0]?.answer({ entries: [entry(9)], cursor: null });
  await settle();
  loader.begin("search", "tides", read, { keeps: true });
  assert.deepEqual(keys(store.state, "search"), ["1009"]);
  assert.equal(store.state.lists.search?.isOutdated, true);
  asked[1]?.answer({ entries: [], cursor: null });
  await settle();
  assert.deepEqual(keys(store.state, "search"), []);
  assert.equal(store.state.lists.search?.isOutdated, false);
});

test("a page with nothing in it that is not the last one is gone on from", async () => {
  const { store, loader, asked, read } = reader();
  loader.begin("search", "tide", read);
  asked[0]?.answer({ entries: [], cursor: "500" });
  await settle();
  assert.equal(asked[1]?.cursor, "500");
  asked[1]?.answer({ entries: [entry(3)], cursor: null });
  await settle();
  assert.deepEqual(keys(store.state, "search"), ["1003"]);
});

test("a refusal is kept with its code and what it says of the search", async () => {
  const { store, loader, asked, read } = reader();
  loader.begin("search", "has:wings", read);
  asked[0]?.refuse(new RequestFailed(400, { code: "invalid", fields: { q: "No wings." } }));
  await settle();
  assert.deepEqual(store.state.lists.search?.problem, { code: "invalid", text: "No wings." });
});

test("after a failure it goes on where it stopped", async () => {
  const { store, loader, asked, read } = reader();
  loader.begin("saved", "", read);
  asked[0]?.answer({ entries: [entry(9)], cursor: "9" });
  await settle();
  loader.more("saved");
  asked[1]?.refuse(new RequestFailed(0, {}));
  await settle();
  assert.notEqual(store.state.lists.saved?.problem, null);
  loader.again("saved");
  assert.equal(asked[2]?.cursor, "9");
  asked[2]?.answer({ entries: [entry(8)], cursor: null });
  await settle();
  assert.deepEqual(keys(store.state, "saved"), ["1009", "1008"]);
});

test("a burst of changes has the beginning read once", async () => {
  const { clock, store, loader, asked, read } = reader();
  loader.begin("mentions", "", read);
  asked[0]?.answer({ entries: [entry(9)], cursor: null });
  await settle();
  for (let times = 0; times < 5; times++) loader.refresh("mentions");
  clock.pass(1_000);
  assert.equal(asked.length, 2);
  asked[1]?.answer({ entries: [entry(10), entry(9)], cursor: null });
  await settle();
  assert.deepEqual(keys(store.state, "mentions"), ["1010", "1009"]);
});

test("channels that one is not in are asked for their names", async () => {
  const { loader, asked, read, channelsAsked } = reader();
  loader.begin("search", "tide", read);
  asked[0]?.answer({ entries: [entry(9), entry(8, { channelId: "77" })], cursor: null });
  await settle();
  assert.deepEqual(channelsAsked, ["77"]);
});
