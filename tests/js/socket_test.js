import assert from "node:assert/strict";
import { jitteredDelay, restartDelay } from "../../ui/js/lib/backoff.js";
import { CLOSE, COMMAND, EVENT, FRAME, LIMIT } from "../../ui/js/protocol.generated.js";
import { AnswerTimeout, CommandRefused, Connection, ConnectionLost } from "../../ui/js/socket.js";
import { welcome } from "./builders.js";
import { FakeClock, FakeSocket } from "./fakes.js";

/** @import { Link } from "../../ui/js/store/state.js" */

function connect({ random = 1 } = {}) {
  const clock = new FakeClock();
  /** @type {FakeSocket[]} */
  const sockets = [];
  /** @type {Link[]} */
  const links = [];
  const frames = /** @type {string[]} */ ([]);
  let rejections = 0;
  const connection = new Connection({
    clock,
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    random: () => random,
    onFrame: (frame) => frames.push(frame.type),
    onLink: (link) => links.push(link),
    onRejected: () => rejections += 1,
  });
  connection.start();
  const last = () => /** @type {FakeSocket} */ (sockets.at(-1));
  const link = () => /** @type {Link} */ (links.at(-1));
  return { clock, sockets, links, frames, connection, last, link, rejections: () => rejections };
}

const post = /** @type {const} */ ({ type: COMMAND.PING });

Deno.test("a command is answered by the frame with its id", async () => {
  const { connection, last } = connect();
  last().says(welcome());
  const answer = connection.send(post);
  const { id } = last().sent.at(-1) ?? {};
  last().says({ type: FRAME.OK, re: id, seq: 5 });
  assert.equal((await answer).seq, 5);
});

Deno.test("a refused command carries its code and whether it may succeed later", async () => {
  const { connection, last } = connect();
  last().says(welcome());
  const answer = connection.send(post);
  last().says({
    type: FRAME.ERROR,
    re: last().sent.at(-1)?.id,
    code: "rate_limited",
    detail: "Wait.",
    fields: {},
    retryable: true,
    retry_after_seconds: 2,
  });
  await assert.rejects(answer, (error) => {
    assert.ok(error instanceof CommandRefused);
    assert.deepEqual([error.code, error.isRetryable, error.retryAfterSeconds], [
      "rate_limited",
      true,
      2,
    ]);
    return true;
  });
});

Deno.test("nothing is sent before the welcome", async () => {
  const { connection, last } = connect();
  await assert.rejects(connection.send(post), ConnectionLost);
  assert.deepEqual(last().sent, []);
});

Deno.test("a command without an answer in time is rejected", async () => {
  const { connection, clock, last } = connect();
  last().says(welcome());
  const answer = connection.send(post, { timeoutMs: 9_000 });
  clock.pass(9_000);
  await assert.rejects(answer, AnswerTimeout);
});

Deno.test("nothing is written into a socket that is closing, and the command is rejected with it", async () => {
  const { connection, last } = connect();
  last().says(welcome());
  last().readyState = 2;
  const answer = connection.send(post);
  assert.deepEqual(last().sent, []);
  last().dies(CLOSE.RESTART);
  await assert.rejects(answer, ConnectionLost);
});

Deno.test("what waits for an answer is rejected when the connection goes", async () => {
  const { connection, last } = connect();
  last().says(welcome());
  const answer = connection.send(post);
  last().dies(1006);
  await assert.rejects(answer, ConnectionLost);
});

Deno.test("each failure doubles the bound of the pause, up to the limit", () => {
  const bounds = [0, 1, 2, 3, 4, 5, 6, 60].map((attempt) => jitteredDelay(attempt, () => 1));
  assert.deepEqual(bounds, [1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
  assert.equal(jitteredDelay(5, () => 0), 0);
});

Deno.test("it comes back after the pause, and each time a little later", () => {
  const { clock, sockets, last, link } = connect();
  last().dies(1006);
  assert.equal(link().phase, "waiting");
  assert.equal(link().retryAt, 1000);
  clock.pass(1000);
  assert.equal(sockets.length, 2);
  last().dies(1006);
  clock.pass(1999);
  assert.equal(sockets.length, 2);
  clock.pass(1);
  assert.equal(sockets.length, 3);
});

Deno.test("a minute of calm sets the pause back to its start", () => {
  const { clock, last, link } = connect();
  last().dies(1006);
  clock.pass(1000);
  last().dies(1006);
  clock.pass(2000);
  last().says(welcome());
  const until = clock.now() + LIMIT.CALM_SECONDS * 1000;
  while (clock.now() < until) {
    clock.pass(5_000);
    last().says({ type: FRAME.OK, re: "?" });
  }
  last().dies(1006);
  assert.equal((link().retryAt ?? 0) - clock.now(), 1000);
});

Deno.test("an announced delay comes first", () => {
  const { clock, last, link } = connect();
  last().says(welcome());
  last().says({ type: EVENT.SERVER_DRAINING, reconnect_after_ms: 2_750 });
  last().dies(CLOSE.RESTART);
  assert.equal((link().retryAt ?? 0) - clock.now(), 2_750);
});

Deno.test("an announced delay is for once", () => {
  const { clock, last, link } = connect();
  last().says(welcome());
  last().says({ type: EVENT.SERVER_DRAINING, reconnect_after_ms: 2_750 });
  last().dies(1006);
  clock.pass(2_750);
  last().dies(1006);
  assert.equal((link().retryAt ?? 0) - clock.now(), 1_000);
});

Deno.test("without an announcement a restart spreads the crowd over 1 to 30 seconds", () => {
  assert.deepEqual([0, 0.5, 1].map((chance) => restartDelay(() => chance)), [
    1_000,
    15_500,
    30_000,
  ]);
  for (const [random, expected] of /** @type {const} */ ([[0, 1_000], [1, 30_000]])) {
    const { clock, last, link } = connect({ random });
    last().says(welcome());
    last().dies(CLOSE.RESTART);
    assert.equal((link().retryAt ?? 0) - clock.now(), expected);
  }
});

for (const code of [CLOSE.PROTOCOL_ABUSE, CLOSE.SESSION_ENDED, CLOSE.ACCESS_ENDED]) {
  Deno.test(`after ${code} it stays away, whatever happens`, () => {
    const { connection, clock, sockets, last, link } = connect();
    last().says(welcome());
    last().dies(code);
    connection.probe();
    connection.retryNow();
    clock.pass(600_000);
    assert.equal(sockets.length, 1);
    assert.deepEqual([link().phase, link().closeCode], ["ended", code]);
  });
}

for (const code of [CLOSE.BYE, CLOSE.TOO_SLOW, 1006]) {
  Deno.test(`after ${code} it comes back with full jitter`, () => {
    const { clock, sockets, last, link } = connect();
    last().says(welcome());
    last().dies(code);
    assert.deepEqual([link().phase, link().retryAt], ["waiting", 1_000]);
    clock.pass(1_000);
    assert.equal(sockets.length, 2);
  });
}

Deno.test("after flooding it comes back later, and sooner only when the person says so", () => {
  const { connection, clock, sockets, last, link } = connect({ random: 0 });
  last().says(welcome());
  last().dies(CLOSE.FLOODING);
  assert.equal((link().retryAt ?? 0) - clock.now(), 5_000);
  connection.probe();
  assert.equal(sockets.length, 1);
  connection.retryNow();
  assert.equal(sockets.length, 2);
});

Deno.test("a network that is back, or a tab that is looked at, ends the pause at once", () => {
  const { connection, sockets, last } = connect();
  last().says(welcome());
  last().says({ type: EVENT.SERVER_DRAINING, reconnect_after_ms: 20_000 });
  last().dies(CLOSE.RESTART);
  connection.probe();
  assert.equal(sockets.length, 2);
});

Deno.test("a tab that is looked at again finds a dead line in four seconds", () => {
  const { connection, clock, last, link } = connect();
  last().says(welcome());
  clock.pass(15_000);
  connection.probe();
  clock.pass(3_999);
  assert.equal(link().phase, "open");
  clock.pass(1);
  assert.equal(link().phase, "waiting");
});

Deno.test("a tab that is looked at again keeps a line that answers", () => {
  const { connection, clock, last, link } = connect();
  last().says(welcome());
  connection.probe();
  last().acknowledges(COMMAND.PING);
  clock.pass(10_000);
  assert.equal(link().phase, "open");
});

Deno.test("whoever writes into a dead line finds out all the same", () => {
  const { connection, clock, last, link } = connect();
  last().says(welcome());
  for (let second = 0; second < 25; second++) {
    assert.equal(link().phase, "open");
    connection.send({ type: COMMAND.TYPING_START, channel_id: "7", thread_id: null })
      .catch(() => {});
    clock.pass(1_000);
  }
  assert.equal(link().phase, "waiting");
});

Deno.test("a page that has never been connected tells since when it tries", () => {
  const { clock, last, link } = connect();
  clock.pass(9_000);
  assert.equal(link().lostAt, 0);
  last().says(welcome());
  assert.equal(link().lostAt, null);
});

Deno.test("retrying by hand does not wait for the pause", () => {
  const { connection, sockets, last } = connect();
  last().dies(1006);
  connection.retryNow();
  assert.equal(sockets.length, 2);
});

Deno.test("a silent connection is pinged, and left when it does not answer", () => {
  const { clock, sockets, last, link } = connect();
  last().says(welcome());
  clock.pass(15_000);
  assert.equal(last().sent.at(-1)?.type, COMMAND.PING);
  clock.pass(9_999);
  assert.equal(link().phase, "open");
  clock.pass(1);
  assert.equal(link().phase, "waiting");
  assert.equal(sockets[0]?.isClosed, true);
});

Deno.test("any frame counts as a sign of life", () => {
  const { clock, last, link } = connect();
  last().says(welcome());
  clock.pass(15_000);
  last().says({ type: EVENT.PRESENCE_CHANGED, users: {} });
  clock.pass(10_000);
  assert.equal(link().phase, "open");
});

Deno.test("a server that never says welcome is left, and the refusal is looked into", () => {
  const { clock, link, rejections } = connect();
  clock.pass(10_000);
  assert.equal(link().phase, "waiting");
  assert.equal(rejections(), 1);
});

Deno.test("the loss is told with its beginning, until the next welcome", () => {
  const { clock, last, link } = connect();
  last().says(welcome());
  clock.pass(3_000);
  last().dies(1006);
  clock.pass(1000);
  last().dies(1006);
  assert.equal(link().lostAt, 3_000);
  clock.pass(2000);
  last().says(welcome());
  assert.equal(link().lostAt, null);
});
