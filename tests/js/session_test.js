import assert from "node:assert/strict";
import { COMMAND, EVENT, FRAME } from "../../ui/js/protocol.generated.js";
import { Session } from "../../ui/js/session/session.js";
import { Store } from "../../ui/js/store/store.js";
import {
  channel,
  GENERAL,
  message,
  OWN_STREAM,
  ownPlace,
  posted,
  seqs,
  stateWith,
  STREAM,
  welcome,
} from "./builders.js";
import { FakeClock, FakeSocket, settle } from "./fakes.js";

/** @import { Api } from "../../ui/js/api.js" */
/** @import { State } from "../../ui/js/store/state.js" */

/**
 * @param {Partial<Record<keyof Api, () => Promise<unknown>>>} [answers]
 * @param {(state: State) => State} [change] of what the page begins with
 */
function begin(answers = {}, change = (state) => state) {
  const store = new Store(change(stateWith([message(10)])));
  const clock = new FakeClock();
  /** @type {FakeSocket[]} */
  const sockets = [];
  /** @type {string[]} */
  const asked = [];
  /** @type {string[]} */
  const forgotten = [];
  const record = (/** @type {string} */ name, /** @type {unknown} */ answer) => () => {
    asked.push(name);
    return Promise.resolve(answer);
  };
  const api = /** @type {Api} */ (/** @type {unknown} */ ({
    unread: record("unread", []),
    myChannels: record("channels", [channel()]),
    channel: record("channel", channel()),
    me: record("me", {}),
    ...answers,
  }));
  const session = new Session({
    store,
    api,
    clock,
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    onOpen: () => {},
    onNewHistory: () => forgotten.push("history"),
  });
  session.connection.start();
  const socket = () => /** @type {FakeSocket} */ (sockets.at(-1));
  socket().says(welcome());
  return { store, clock, sockets, socket, asked, forgotten };
}

Deno.test("a hole is asked for from the cursor, and filled", async () => {
  const { store, socket } = begin();
  socket().says(posted(12));
  assert.deepEqual(socket().sentOf(COMMAND.SYNC)[0]?.cursors, { [STREAM]: 10 });
  socket().says({
    type: FRAME.PAGE,
    stream: STREAM,
    from: 11,
    to: 12,
    events: [posted(11), posted(12)],
    more: false,
  });
  socket().acknowledges(COMMAND.SYNC);
  await settle();
  socket().says(posted(13));
  assert.deepEqual(seqs(store.state), [10, 11, 12, 13]);
  assert.equal(socket().sentOf(COMMAND.SYNC).length, 1);
});

Deno.test("while a hole is being filled, the next frames do not ask again", async () => {
  const { socket } = begin();
  for (const seq of [12, 13, 14]) socket().says(posted(seq));
  await settle();
  assert.equal(socket().sentOf(COMMAND.SYNC).length, 1);
});

Deno.test("after a lost connection only the streams that moved are asked for", async () => {
  const { clock, socket, sockets } = begin();
  await settle();
  socket().dies(1006);
  clock.pass(1000);
  assert.equal(sockets.length, 2);
  socket().says(welcome({ streams: { [OWN_STREAM]: 4, [STREAM]: 15 } }));
  assert.deepEqual(socket().sentOf(COMMAND.SYNC)[0]?.cursors, { [STREAM]: 10 });
});

Deno.test("a reset drops the timeline and reads the channel and the counts again", async () => {
  const fresh = channel({ name: "renamed", last_seq: 3000 });
  const { store, socket, asked } = begin({ channel: () => Promise.resolve(fresh) });
  await settle();
  asked.length = 0;
  socket().says({ type: FRAME.RESET, stream: STREAM, seq: 3000 });
  await settle();
  assert.equal(store.state.timelines[GENERAL], undefined);
  assert.equal(store.state.channels[GENERAL]?.name, "renamed");
  assert.deepEqual(asked, ["unread"]);
});

Deno.test("a list of channels that is older than an arrival does not undo it", async () => {
  let calls = 0;
  const begun = begin({
    myChannels: () => {
      calls += 1;
      if (calls > 1) return Promise.resolve([channel(), channel({ id: "8" })]);
      begun.socket().says({
        ...ownPlace(5),
        type: EVENT.CHANNEL_ADDED,
        channel: channel({ id: "8", name: "fresh" }),
      });
      return Promise.resolve([channel()]);
    },
  });
  begun.socket().says({ type: FRAME.RESET, stream: OWN_STREAM, seq: 4 });
  await settle();
  assert.equal(calls, 2);
  assert.deepEqual(Object.keys(begun.store.state.channels), [GENERAL, "8"]);
});

Deno.test("a page that goes on from what was saved asks from there, and for nothing more than the counts", async () => {
  const { store, socket, asked } = begin({}, (state) => ({ ...state, epoch: "e1" }));
  assert.deepEqual(socket().sentOf(COMMAND.SYNC), []);
  await settle();
  assert.deepEqual(asked, ["unread"]);
  assert.deepEqual(seqs(store.state), [10]);

  const behind = begin({}, (state) => ({ ...state, epoch: "e1", cursors: { [STREAM]: 8 } }));
  assert.deepEqual(behind.socket().sentOf(COMMAND.SYNC)[0]?.cursors, { [STREAM]: 8 });
});

Deno.test("what was saved of another epoch is forgotten at the welcome, and read again", async () => {
  const { store, asked, forgotten } = begin({}, (state) => ({ ...state, epoch: "e0" }));
  await settle();
  assert.deepEqual(store.state.timelines, {});
  assert.deepEqual(asked, ["channels", "unread"]);
  assert.deepEqual(forgotten, ["history"]);
});

Deno.test("typing is over after its time", () => {
  const { store, socket, clock } = begin();
  socket().says({
    type: EVENT.TYPING_STARTED,
    stream: STREAM,
    channel_id: GENERAL,
    user_id: "2",
    thread_id: null,
  });
  assert.deepEqual(Object.keys(store.state.typing[GENERAL] ?? {}), ["2"]);
  clock.pass(7_000);
  assert.deepEqual(store.state.typing, {});
});

Deno.test("a refused handshake asks once whether one is still signed in", async () => {
  const { clock, socket, sockets, asked } = begin();
  await settle();
  asked.length = 0;
  socket().dies(1006);
  for (let attempt = 2; attempt <= 4; attempt++) {
    while (sockets.length < attempt) clock.pass(100);
    socket().dies(1006);
  }
  assert.deepEqual(asked, ["me"]);
});
