import assert from "node:assert/strict";

import { HeadCount } from "../../ui/js/session/head_count.js";
import { FakeClock } from "./fakes.js";

/** @import { Api } from "../../ui/js/api.js" */

function begin() {
  /** @type {string[]} */
  const asked = [];
  /** @type {(number | null)[]} */
  const told = [];
  const server = { online: /** @type {number | null} */ (12), isAway: false };
  const api = {
    request: (/** @type {string} */ _method, /** @type {string} */ path) => {
      asked.push(path);
      if (server.isAway) return Promise.reject(new Error("away"));
      return Promise.resolve({ online: server.online, user_ids: null });
    },
  };
  const clock = new FakeClock();
  const count = new HeadCount({
    api: /** @type {Api} */ (/** @type {unknown} */ (api)),
    clock,
    tell: (online) => told.push(online),
  });
  return { asked, told, server, clock, count };
}

const answered = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("the count is asked for at once and again while it is looked at", async () => {
  const { asked, told, server, clock, count } = begin();
  count.look("7");
  await answered();
  assert.deepEqual(told, [null, 12]);
  server.online = 13;
  clock.pass(15_000);
  await answered();
  assert.deepEqual(told, [null, 12, 13]);
  assert.deepEqual(asked, ["channels/7/presence", "channels/7/presence"]);
  count.look(null);
  clock.pass(60_000);
  assert.equal(asked.length, 2);
});

Deno.test("who comes and goes has it asked for soon, however many they are", async () => {
  const { asked, clock, count } = begin();
  count.look("7");
  await answered();
  for (let turn = 0; turn < 50; turn++) count.hint();
  assert.equal(asked.length, 1);
  clock.pass(3_000);
  await answered();
  assert.equal(asked.length, 2);
  clock.pass(1_000);
  count.hint();
  clock.pass(2_000);
  // The one before the last answer is known by now; who comes between may not be in the next.
  count.hint();
  clock.pass(1_000);
  await answered();
  assert.equal(asked.length, 3);
  clock.pass(3_000);
  await answered();
  assert.equal(asked.length, 4);
  clock.pass(14_999);
  assert.equal(asked.length, 4);
});

Deno.test("the count of another channel is none of this one", async () => {
  const { told, count } = begin();
  count.look("7");
  count.look("8");
  await answered();
  assert.deepEqual(told, [null, null, 12]);
});

Deno.test("while nobody knows there is no count, and it comes back by itself", async () => {
  const { told, server, clock, count } = begin();
  server.isAway = true;
  count.look("7");
  await answered();
  server.isAway = false;
  server.online = null;
  clock.pass(5_000);
  await answered();
  server.online = 3;
  clock.pass(5_000);
  await answered();
  assert.deepEqual(told, [null, null, null, 3]);
});
