import assert from "node:assert/strict";
import { COMMAND } from "../../ui/js/protocol.generated.js";
import { Delivery } from "../../ui/js/session/delivery.js";
import { Connection } from "../../ui/js/socket.js";
import { reduceEvent } from "../../ui/js/store/events.js";
import { Store } from "../../ui/js/store/store.js";
import { GENERAL, ME, posted, stateWith, welcome } from "./builders.js";
import { FakeClock, FakeSocket, settle } from "./fakes.js";

/** @import { Shelf } from "../../ui/js/lib/storage.js" */

/** @param {Map<string, string>} [stored] */
function begin(stored = new Map()) {
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
  const shelf = /** @type {Shelf} */ (/** @type {unknown} */ ({
    entries: () => [...stored],
    set: (/** @type {string} */ name, /** @type {string | null} */ value) =>
      value === null ? stored.delete(name) : stored.set(name, value),
    follow: () => {},
  }));
  const delivery = new Delivery({ store, connection, clock, shelf });
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
  return { store, clock, socket, delivery, stored, comeBack, texts, phases };
}

Deno.test("messages go one after another, in the order of writing", async () => {
  const { socket, delivery, texts } = begin();
  socket().says(welcome());
  delivery.post(GENERAL, "first");
  delivery.post(GENERAL, "second");
  assert.deepEqual(texts(), ["first"]);
  socket().acknowledges(COMMAND.MESSAGE_POST, { seq: 11 });
  await settle();
  assert.deepEqual(texts(), ["first", "second"]);
});

Deno.test("what had no answer is sent again after reconnecting, with the same client_id and before the rest", async () => {
  const { socket, delivery, comeBack, texts, store } = begin();
  socket().says(welcome());
  delivery.post(GENERAL, "first");
  const clientId = socket().sentOf(COMMAND.MESSAGE_POST)[0]?.client_id;
  delivery.post(GENERAL, "second");
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
  delivery.post(GENERAL, "later");
  assert.deepEqual(phases(), ["waiting"]);
  comeBack();
  await settle();
  assert.deepEqual(texts(), ["later"]);
});

Deno.test("a refusal for good is told, and does not hold up what comes after it", async () => {
  const { socket, delivery, store, texts } = begin();
  socket().says(welcome());
  delivery.post(GENERAL, "refused");
  delivery.post(GENERAL, "next");
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
  delivery.post(GENERAL, "first");
  delivery.post(GENERAL, "second");
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

Deno.test("without an answer for ten seconds the person is asked, and can retry", async () => {
  const { socket, delivery, clock, phases, texts, store } = begin();
  socket().says(welcome());
  delivery.post(GENERAL, "lost");
  clock.pass(10_000);
  await settle();
  assert.deepEqual(phases(), ["failed"]);
  delivery.retry(store.state.outbox[0]?.client_id ?? "");
  assert.deepEqual(texts(), ["lost", "lost"]);
});

Deno.test("a late event settles what seemed lost", async () => {
  const { socket, delivery, clock, store } = begin();
  socket().says(welcome());
  delivery.post(GENERAL, "lost");
  clock.pass(10_000);
  await settle();
  const clientId = store.state.outbox[0]?.client_id ?? "";
  store.update((state) => reduceEvent(state, posted(11, { author_id: ME, client_id: clientId })));
  assert.deepEqual(store.state.outbox, []);
});

Deno.test("what could not be sent outlives the page, and what was sent does not", async () => {
  const first = begin();
  first.delivery.post(GENERAL, "unsent");
  first.delivery.persist();
  assert.equal(first.stored.size, 1);
  const second = begin(first.stored);
  second.delivery.restore();
  second.socket().says(welcome());
  second.delivery.resume();
  assert.deepEqual(second.texts(), ["unsent"]);
  second.socket().acknowledges(COMMAND.MESSAGE_POST, { seq: 11 });
  await settle();
  second.delivery.persist();
  assert.equal(first.stored.size, 0);
});
