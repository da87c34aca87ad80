import assert from "node:assert/strict";
import { Memory } from "../../ui/js/session/memory.js";
import { Store } from "../../ui/js/store/store.js";
import { applyEvent, applyWelcome } from "../../ui/js/store/streams.js";
import { ANN, GENERAL, me, message, posted, seqs, state, stateWith, welcome } from "./builders.js";
import { FakeArchive, FakeClock, settle } from "./fakes.js";

/** @import { SavedTimeline } from "../../ui/js/store/saved.js" */
/** @import { State } from "../../ui/js/store/state.js" */

/** @param {{ archive?: FakeArchive, begun?: State }} [parts] */
function begin({ archive = new FakeArchive(), begun = state() } = {}) {
  const store = new Store(begun);
  const clock = new FakeClock();
  return { store, clock, archive, memory: new Memory({ store, archive, clock }) };
}

const connected = () => stateWith([message(9), message(10)], { epoch: "e1" });

Deno.test("the next page goes on from what this one has kept", async () => {
  const { archive, clock, memory } = begin({ begun: connected() });
  memory.keep();
  clock.pass(1_000);
  const next = begin({ archive });
  assert.deepEqual(await next.memory.restore(), [GENERAL]);
  assert.deepEqual(seqs(next.store.state), [9, 10]);
});

Deno.test("a lively channel is written down once a second, with its timeline and cursor together", async () => {
  const { archive, clock, memory, store } = begin({ begun: connected() });
  for (const seq of [11, 12, 13]) {
    store.update((current) => applyEvent(current, posted(seq)).state);
    memory.keep();
    clock.pass(100);
  }
  clock.pass(1_000);
  assert.equal(archive.writes, 1);
  const [row] = /** @type {SavedTimeline[]} */ (await archive.read());
  assert.deepEqual([row?.cursor, row?.messages.length], [13, 5]);
});

Deno.test("what has not changed is not written again", () => {
  const { archive, memory } = begin({ begun: connected() });
  memory.flush();
  memory.flush();
  assert.equal(archive.writes, 1);
});

Deno.test("a page that ends writes down what it has not yet", () => {
  const { archive, memory } = begin({ begun: connected() });
  memory.keep();
  memory.flush();
  assert.equal(archive.rows.size, 1);
});

Deno.test("another epoch takes away what was kept", async () => {
  const { archive, memory, store } = begin({ begun: connected() });
  memory.flush();
  store.update((current) => applyWelcome(current, welcome({ epoch: "e2" })).state);
  memory.flush();
  await settle();
  assert.equal(archive.rows.size, 0);
});

Deno.test("whoever signs out leaves nothing, and what happens after it is not kept either", async () => {
  const { archive, clock, memory } = begin({ begun: connected() });
  memory.flush();
  memory.keep();
  await memory.forget();
  clock.pass(5_000);
  memory.flush();
  assert.equal(archive.rows.size, 0);
});

Deno.test("somebody else in the same browser sees nothing of it, and throws it away", async () => {
  const { archive, memory } = begin({ begun: connected() });
  memory.flush();
  const other = begin({ archive, begun: state({ me: { ...me(), id: ANN } }) });
  assert.deepEqual(await other.memory.restore(), []);
  assert.deepEqual(other.store.state.timelines, {});
  await settle();
  assert.equal(archive.rows.size, 0);
});

Deno.test("a browser that keeps nothing, or not in time, breaks nothing", async () => {
  const broken = begin({ begun: connected() });
  broken.archive.isBroken = true;
  assert.deepEqual(await broken.memory.restore(), []);
  broken.memory.flush();
  await broken.memory.forget();

  const stuck = begin({ begun: connected() });
  stuck.archive.isStuck = true;
  const restored = stuck.memory.restore();
  stuck.clock.pass(500);
  assert.deepEqual(await restored, []);
});
