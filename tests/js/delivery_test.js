import assert from "node:assert/strict";
import { CLOSE, COMMAND, ERROR, EVENT, FRAME } from "../../ui/js/protocol.generated.js";
import { Delivery } from "../../ui/js/session/delivery.js";
import { Connection } from "../../ui/js/socket.js";
import { reduceEvent } from "../../ui/js/store/events.js";
import { Store } from "../../ui/js/store/store.js";
import { file, GENERAL, ME, posted, stateWith, welcome } from "./builders.js";
import { FakeClock, FakeSocket, FakeStorage, settle } from "./fakes.js";

/** A tab. Given the same storage, it is another tab in the same browser, or the page after a reload. */
function begin(storage = new FakeStorage()) {
  const { stored } = storage;
  const store = new Store(stateWith([]));
  const clock = new FakeClock();
  /** @type {FakeSocket[]} */
  const sockets = [];
  const connection = new Connection({
    clock,
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    random: () => 1,
    onFrame: () => {},
    onLink: () => {},
  });
  const delivery = new Delivery({ store, connection, clock, shelf: storage.shelf() });
  const { update } = Store.prototype;
  store.update = (change) => {
    update.call(store, change);
    delivery.persist();
  };
  connection.start();
  const socket = () => /** @type {FakeSocket} */ (sockets.at(-1));
  const comeBack = () => {
    clock.pass(30_000);
    socket().says(welcome());
    delivery.resume();
  };
  const texts = () =>
    sockets.flatMap((one) => one.sentOf(COMMAND.MESSAGE_POST)).map((sent) => sent.text);
  const phases = () => store.state.outbox.map((entry) => entry.phase);
  return { store, clock, socket, sockets, delivery, storage, stored, comeBack, texts, phases };
}

Deno.test("messages go one after another, in the order of writing", async () => {
  const { socket, delivery, texts } = begin();
  socket().says(welcome());
  delivery.post({ channelId: GENERAL, text: "first" });
  delivery.post({ channelId: GENERAL, text: "second" });
  assert.deepEqual(texts(), ["first"]);
  socket().acknowledges(COMMAND.MESSAGE_POST, { seq: 11 });
  await settle();
  assert.deepEqual(texts(), ["first", "second"]);
});

Deno.test("what had no answer is sent again after reconnecting, with the same client_id and before the rest", async () => {
  const { socket, delivery, comeBack, texts, store } = begin();
  socket().says(welcome());
  delivery.post({ channelId: GENERAL, text: "first" });
  const clientId = socket().sentOf(COMMAND.MESSAGE_POST)[0]?.client_id;
  delivery.post({ channelId: GENERAL, text: "second" });
  socket().dies(1006);
  await settle();
  comeBack();
  socket().acknowledges(COMMAND.MESSAGE_POST, { seq: 11 });
  await settle();
  assert.deepEqual(texts(), ["first", "first", "second"]);
  assert.equal(socket().sentOf(COMMAND.MESSAGE_POST)[0]?.client_id, clientId);
  assert.equal(store.state.outbox.length, 2);
});

Deno.test("what is written without a connection waits, and goes when there is one", async () => {
  const { delivery, comeBack, socket, texts, phases } = begin();
  socket().dies(1006);
  delivery.post({ channelId: GENERAL, text: "later" });
  assert.deepEqual(phases(), ["waiting"]);
  comeBack();
  await settle();
  assert.deepEqual(texts(), ["later"]);
});

Deno.test("a refusal for good is told, and does not hold up what comes after it", async () => {
  const { socket, delivery, store, texts } = begin();
  socket().says(welcome());
  delivery.post({ channelId: GENERAL, text: "refused" });
  delivery.post({ channelId: GENERAL, text: "next" });
  socket().refuses(COMMAND.MESSAGE_POST, { code: "channel_archived" });
  await settle();
  assert.deepEqual(texts(), ["refused", "next"]);
  const [entry] = store.state.outbox;
  assert.deepEqual([entry?.phase, entry?.isFinal, entry?.detail], [
    "failed",
    true,
    "channel_archived.",
  ]);
});

Deno.test("too much at once waits as long as the server says, and nothing overtakes it", async () => {
  const { socket, delivery, clock, texts } = begin();
  socket().says(welcome());
  delivery.post({ channelId: GENERAL, text: "first" });
  delivery.post({ channelId: GENERAL, text: "second" });
  socket().refuses(COMMAND.MESSAGE_POST, {
    code: "rate_limited",
    retryable: true,
    retry_after_seconds: 3,
  });
  await settle();
  clock.pass(2_900);
  assert.deepEqual(texts(), ["first"]);
  clock.pass(200);
  assert.deepEqual(texts(), ["first", "first"]);
});

Deno.test("while the database is away a message waits as long as it takes, and goes by itself", async () => {
  const { socket, delivery, clock, phases, texts } = begin();
  socket().says(welcome());
  delivery.post({ channelId: GENERAL, text: "patient" });
  for (let attempt = 1; attempt <= 10; attempt++) {
    socket().refuses(COMMAND.MESSAGE_POST, { code: "unavailable", retryable: true });
    await settle();
    assert.deepEqual(phases(), ["waiting"]);
    while (texts().length === attempt) {
      clock.pass(1_000);
      socket().says({ type: FRAME.OK, re: "?" });
    }
  }
  assert.deepEqual(phases(), ["sending"]);
});

Deno.test("what the server cannot do is tried four times, and then the person is asked", async () => {
  const { socket, delivery, clock, phases, texts } = begin();
  socket().says(welcome());
  delivery.post({ channelId: GENERAL, text: "unlucky" });
  for (let attempt = 1; attempt <= 4; attempt++) {
    assert.equal(texts().length, attempt);
    socket().refuses(COMMAND.MESSAGE_POST, { code: "internal", retryable: true });
    await settle();
    clock.pass(9_000);
  }
  assert.deepEqual(phases(), ["failed"]);
});

Deno.test("without an answer for ten seconds the person is asked, and can retry", async () => {
  const { socket, delivery, clock, phases, texts, store } = begin();
  socket().says(welcome());
  delivery.post({ channelId: GENERAL, text: "lost" });
  clock.pass(10_000);
  await settle();
  assert.deepEqual(phases(), ["failed"]);
  delivery.retry(store.state.outbox[0]?.client_id ?? "");
  assert.deepEqual(texts(), ["lost", "lost"]);
});

Deno.test("a late event settles what seemed lost", async () => {
  const { socket, delivery, clock, store } = begin();
  socket().says(welcome());
  delivery.post({ channelId: GENERAL, text: "lost" });
  clock.pass(10_000);
  await settle();
  const clientId = store.state.outbox[0]?.client_id ?? "";
  store.update((state) => reduceEvent(state, posted(11, { author_id: ME, client_id: clientId })));
  assert.deepEqual(store.state.outbox, []);
});

Deno.test("what could not be sent outlives the page, and what was sent does not", async () => {
  const first = begin();
  first.delivery.post({ channelId: GENERAL, text: "unsent" });
  assert.equal(first.stored.size, 1);
  const second = begin(first.storage);
  second.delivery.restore();
  second.socket().says(welcome());
  second.delivery.resume();
  assert.deepEqual(second.texts(), ["unsent"]);
  second.socket().acknowledges(COMMAND.MESSAGE_POST, { seq: 11 });
  await settle();
  assert.equal(first.stored.size, 0);
});

Deno.test("an answer that is overdue makes the line be asked, and a dead one be left", async () => {
  const { socket, sockets, delivery, clock, store } = begin();
  socket().says(welcome());
  delivery.post({ channelId: GENERAL, text: "into the void" });
  clock.pass(10_000);
  await settle();
  assert.equal(socket().sentOf(COMMAND.PING).length, 1);
  clock.pass(4_000);
  assert.equal(socket().isClosed, true);
  clock.pass(1_000);
  assert.equal(sockets.length, 2);
  socket().says(welcome());
  delivery.resume();
  const [first, second] = sockets.map((one) => one.sentOf(COMMAND.MESSAGE_POST)[0]?.client_id);
  assert.equal(first, second);
  assert.deepEqual(store.state.outbox.map((entry) => entry.phase), ["sending"]);
});

Deno.test("when the line goes, what had no answer waits like the rest, and nobody is asked", async () => {
  const { socket, delivery, clock, phases } = begin();
  socket().says(welcome());
  delivery.post({ channelId: GENERAL, text: "overdue" });
  clock.pass(10_000);
  await settle();
  delivery.post({ channelId: GENERAL, text: "refused" });
  socket().refuses(COMMAND.MESSAGE_POST, { code: "channel_archived" });
  await settle();
  assert.deepEqual(phases(), ["failed", "failed"]);
  delivery.pause();
  assert.deepEqual(phases(), ["waiting", "failed"]);
});

Deno.test("an answer that is overdue on a line that lives leaves the line alone", async () => {
  const { socket, sockets, delivery, clock, phases } = begin();
  socket().says(welcome());
  delivery.post({ channelId: GENERAL, text: "unlucky" });
  clock.pass(10_000);
  await settle();
  socket().acknowledges(COMMAND.PING);
  clock.pass(10_000);
  assert.equal(sockets.length, 1);
  assert.deepEqual(phases(), ["failed"]);
});

Deno.test("a post that a draining server has taken is answered before it goes, and not sent again", async () => {
  const { socket, delivery, comeBack, texts, phases } = begin();
  socket().says(welcome());
  delivery.post({ channelId: GENERAL, text: "in flight" });
  socket().says({ type: EVENT.SERVER_DRAINING, reconnect_after_ms: 2_000 });
  socket().acknowledges(COMMAND.MESSAGE_POST, { seq: 11 });
  await settle();
  socket().dies(CLOSE.RESTART);
  await settle();
  comeBack();
  await settle();
  assert.deepEqual(texts(), ["in flight"]);
  assert.deepEqual(phases(), ["sent"]);
});

Deno.test("a post that a draining server cut off goes again as the same message", async () => {
  const { socket, sockets, delivery, comeBack, texts } = begin();
  socket().says(welcome());
  delivery.post({ channelId: GENERAL, text: "cut off" });
  socket().says({ type: EVENT.SERVER_DRAINING, reconnect_after_ms: 2_000 });
  socket().dies(CLOSE.RESTART);
  await settle();
  assert.equal(sockets.length, 1);
  comeBack();
  socket().acknowledges(COMMAND.MESSAGE_POST, { seq: 11 });
  await settle();
  assert.deepEqual(texts(), ["cut off", "cut off"]);
  const posts = sockets.flatMap((one) => one.sentOf(COMMAND.MESSAGE_POST));
  assert.equal(new Set(posts.map(({ client_id }) => client_id)).size, 1);
});

Deno.test("the order of writing outlives the page, also of what was written at one moment or before the clock went back", () => {
  const first = begin();
  const words = Array.from({ length: 12 }, (_, number) => `message ${number}`);
  first.clock.pass(60_000);
  for (const word of words) first.delivery.post({ channelId: GENERAL, text: word });
  const shuffled = [...first.stored].sort(([a], [b]) => a.localeCompare(b));
  first.stored.clear();
  for (const [name, value] of shuffled) first.stored.set(name, value);

  const second = begin(first.storage);
  second.delivery.restore();
  second.delivery.post({ channelId: GENERAL, text: "the last" });

  const third = begin(first.storage);
  third.delivery.restore();
  assert.deepEqual(third.store.state.outbox.map(({ text }) => text), [...words, "the last"]);
});

Deno.test("two tabs that write at the same time keep what both have written", () => {
  const one = begin();
  const other = begin(one.storage);
  one.delivery.post({ channelId: GENERAL, text: "here" });
  other.delivery.post({ channelId: GENERAL, text: "there" });
  one.delivery.post({ channelId: GENERAL, text: "here again" });
  const next = begin(one.storage);
  next.delivery.restore();
  assert.deepEqual(next.store.state.outbox.map(({ text }) => text).sort(), [
    "here",
    "here again",
    "there",
  ]);
});

Deno.test("what a closed tab has left is taken up by another one when it is connected", async () => {
  const closed = begin();
  const alive = begin(closed.storage);
  alive.delivery.restore();
  closed.delivery.post({ channelId: GENERAL, text: "left behind" });
  alive.socket().says(welcome());
  alive.delivery.resume();
  assert.deepEqual(alive.texts(), ["left behind"]);
  alive.socket().acknowledges(COMMAND.MESSAGE_POST, { seq: 11 });
  await settle();
  assert.equal(closed.stored.size, 0);
});

Deno.test("what another tab has sent or thrown away is not sent here", async () => {
  const one = begin();
  one.delivery.post({ channelId: GENERAL, text: "once" });
  const other = begin(one.storage);
  other.delivery.restore();
  one.socket().says(welcome());
  one.delivery.resume();
  one.socket().acknowledges(COMMAND.MESSAGE_POST, { seq: 11 });
  await settle();
  assert.deepEqual(other.phases(), []);
  other.socket().says(welcome());
  other.delivery.resume();
  assert.deepEqual(other.texts(), []);
});

Deno.test("what another tab throws away while it is on its way here does not come back", async () => {
  const one = begin();
  one.delivery.post({ channelId: GENERAL, text: "regretted" });
  const other = begin(one.storage);
  other.delivery.restore();
  other.socket().says(welcome());
  other.delivery.resume();
  one.delivery.discard(one.store.state.outbox[0]?.client_id ?? "");
  assert.deepEqual(other.phases(), ["sending"]);
  other.socket().dies(1006);
  await settle();
  assert.deepEqual(other.phases(), []);
  assert.equal(one.stored.size, 0);
});

Deno.test("what has arrived is not taken up again", () => {
  const closed = begin();
  closed.delivery.post({ channelId: GENERAL, text: "arrived" });
  const clientId = closed.store.state.outbox[0]?.client_id ?? "";
  const next = begin(closed.storage);
  next.store.update((state) =>
    reduceEvent(state, posted(11, { author_id: ME, client_id: clientId }))
  );
  next.delivery.restore();
  assert.deepEqual(next.phases(), []);
  assert.equal(closed.stored.size, 0);
});

Deno.test("a reply goes with its thread, its files and what it answers", () => {
  const { delivery, socket } = begin();
  socket().says(welcome());
  const quote = { message_id: "90", channel_id: GENERAL, seq: 4, author_id: ME };

  delivery.post({
    channelId: GENERAL,
    threadId: "88",
    alsoToChannel: true,
    text: "",
    files: [file("5")],
    quote,
  });

  const [sent] = socket().sentOf(COMMAND.MESSAGE_POST);
  const { thread_id, also_to_channel, file_ids, quoted_id } = sent ?? {};
  assert.deepEqual({ thread_id, also_to_channel, file_ids, quoted_id }, {
    thread_id: "88",
    also_to_channel: true,
    file_ids: ["5"],
    quoted_id: "90",
  });
});

Deno.test("what would call many people goes when somebody says yes to it", async () => {
  const { delivery, socket, store } = begin();
  socket().says(welcome());
  delivery.post({ channelId: GENERAL, text: "@channel" });
  socket().refuses(COMMAND.MESSAGE_POST, { code: ERROR.CONFIRMATION_REQUIRED });
  await settle();
  const [entry] = store.state.outbox;
  assert.equal(entry?.code, ERROR.CONFIRMATION_REQUIRED);

  delivery.confirm(entry?.client_id ?? "");

  assert.equal(socket().sentOf(COMMAND.MESSAGE_POST).at(-1)?.confirmed, true);
});
