import assert from "node:assert/strict";

import { COMMAND, LIMIT } from "../../ui/js/protocol.generated.js";
import { Idleness } from "../../ui/js/session/idleness.js";
import { FakeClock } from "./fakes.js";

/** @import { Connection } from "../../ui/js/socket.js" */

const TEN_MINUTES = LIMIT.IDLE_SECONDS * 1000;

function begin() {
  /** @type {boolean[]} */
  const said = [];
  const line = {
    isOpen: true,
    send: (/** @type {{ type: string, is_idle: boolean }} */ { type, is_idle }) => {
      assert.equal(type, COMMAND.PRESENCE_IDLE);
      said.push(is_idle);
      return Promise.resolve({});
    },
  };
  const clock = new FakeClock();
  const connection = /** @type {Connection} */ (/** @type {unknown} */ (line));
  return { said, line, clock, idleness: new Idleness({ connection, clock }) };
}

Deno.test("nobody there for ten minutes is said once, and so is somebody who comes back", () => {
  const { said, clock, idleness } = begin();
  clock.pass(TEN_MINUTES - 1);
  assert.deepEqual(said, []);
  idleness.touched();
  clock.pass(TEN_MINUTES - 1);
  assert.deepEqual(said, []);
  clock.pass(1);
  clock.pass(TEN_MINUTES);
  assert.deepEqual(said, [true]);
  idleness.touched();
  idleness.touched();
  assert.deepEqual(said, [true, false]);
  clock.pass(TEN_MINUTES);
  assert.deepEqual(said, [true, false, true]);
});

Deno.test("a new connection hears again that nobody is there", () => {
  const { said, line, clock, idleness } = begin();
  line.isOpen = false;
  clock.pass(TEN_MINUTES);
  assert.deepEqual(said, []);
  line.isOpen = true;
  idleness.resume();
  assert.deepEqual(said, [true]);
  idleness.resume();
  assert.deepEqual(said, [true, true]);
});
