import assert from "node:assert/strict";
import { Drafts } from "../../ui/js/acts/drafts.js";
import { RequestFailed } from "../../ui/js/api.js";
import { EVENT } from "../../ui/js/protocol.generated.js";
import { reduceEvent } from "../../ui/js/store/events.js";
import { Store } from "../../ui/js/store/store.js";
import { GENERAL, ownPlace, state } from "./builders.js";
import { FakeClock, FakeStorage, settle } from "./fakes.js";

/**
 * @import { Api } from "../../ui/js/api.js"
 * @import { Draft } from "../../ui/js/protocol.generated.d.ts"
 */

const SHARE_MS = 2_000;

/** What the server keeps, as its edge answers. */
class FakeDrafts {
  /** @type {Map<string, Draft>} */
  rows = new Map();
  /** @type {any[]} */
  asked = [];
  /** @type {RequestFailed | null} */
  trouble = null;

  /** @param {string} _path */
  all(_path) {
    if (this.trouble) return Promise.reject(this.trouble);
    return Promise.resolve([...this.rows.values()]);
  }

  /**
   * @param {string} _method
   * @param {string} _path
   * @param {{ channel_id: string, thread_id: string | null, text: string, version: number }} change
   */
  request(_method, _path, change) {
    this.asked.push(change);
    if (this.trouble) return Promise.reject(this.trouble);
    const { channel_id, thread_id, text } = change;
    const key = `${channel_id}/${thread_id}`;
    const version = Math.max(this.rows.get(key)?.version ?? 0, change.version) + 1;
    const draft = text === "" ? null : row(text, { channel_id, thread_id, version });
    if (draft) this.rows.set(key, draft);
    else this.rows.delete(key);
    return Promise.resolve({ channel_id, thread_id, draft });
  }
}

/**
 * @param {string} text
 * @param {Partial<Draft>} [fields]
 * @returns {Draft}
 */
function row(text, fields = {}) {
  return {
    channel_id: GENERAL,
    thread_id: null,
    text,
    version: 1,
    updated_at: "2026-11-23T12:00:00Z",
    ...fields,
  };
}

function begin(storage = new FakeStorage(), server = new FakeDrafts()) {
  const store = new Store(state());
  const clock = new FakeClock();
  const api = /** @type {Api} */ (/** @type {unknown} */ (server));
  const drafts = new Drafts({ store, api, clock, shelf: storage.shelf() });
  /** @param {Draft | null} draft */
  const hear = (draft) => {
    store.update((current) =>
      reduceEvent(current, {
        ...ownPlace(5),
        type: EVENT.DRAFT_CHANGED,
        channel_id: GENERAL,
        thread_id: null,
        draft,
      })
    );
    drafts.follow();
  };
  return { store, storage, server, clock, drafts, hear };
}

Deno.test("what was typed just before the page ended is there again", () => {
  const { drafts, storage } = begin();
  drafts.save(GENERAL, null, "Dear all");
  drafts.flush();
  const next = begin(storage);
  next.drafts.restore();
  assert.equal(next.drafts.of(GENERAL, null), "Dear all");
});

Deno.test("what was sent does not come back with the next page", async () => {
  const { drafts, storage, server, clock } = begin();
  await drafts.resume();
  drafts.save(GENERAL, null, "Dear all");
  clock.pass(SHARE_MS);
  await settle();
  assert.equal(server.rows.size, 1);
  drafts.sent(GENERAL, null);
  await settle();
  assert.equal(storage.stored.size, 0);
  assert.equal(server.rows.size, 0);
});

Deno.test("what was sent out of reach ends the draft on the server later", async () => {
  const storage = new FakeStorage();
  const server = new FakeDrafts();
  server.rows.set(`${GENERAL}/null`, row("Dear all"));
  const first = begin(storage, server);
  await first.drafts.resume();
  server.trouble = new RequestFailed(0, {});
  first.drafts.sent(GENERAL, null);
  await settle();

  server.trouble = null;
  const next = begin(storage, server);
  next.drafts.restore();
  await next.drafts.resume();
  await settle();
  assert.equal(next.drafts.of(GENERAL, null), "");
  assert.deepEqual(server.asked.at(-1).text, "");
});

Deno.test("whoever signs out leaves no draft here, and all of it on the server", async () => {
  const { drafts, storage, server } = begin();
  await drafts.resume();
  drafts.save(GENERAL, null, "saved and more");
  await drafts.forget();
  drafts.flush();
  assert.equal(storage.stored.size, 0);
  assert.deepEqual([...server.rows.values()].map(({ text }) => text), ["saved and more"]);
});

Deno.test("a thread has its own draft beside the channel's", () => {
  const { drafts, storage } = begin();
  drafts.save(GENERAL, null, "to the channel");
  drafts.save(GENERAL, "100", "to the thread");
  drafts.flush();
  const next = begin(storage);
  next.drafts.restore();
  assert.equal(next.drafts.of(GENERAL, null), "to the channel");
  assert.equal(next.drafts.of(GENERAL, "100"), "to the thread");
});

Deno.test("the server gets what was typed once somebody pauses, not each letter", async () => {
  const { drafts, server, clock } = begin();
  await drafts.resume();
  for (const text of ["D", "De", "Dea", "Dear"]) {
    drafts.save(GENERAL, null, text);
    clock.pass(200);
  }
  assert.equal(server.asked.length, 0);
  clock.pass(SHARE_MS);
  await settle();
  assert.deepEqual(server.asked, [
    { channel_id: GENERAL, thread_id: null, text: "Dear", version: 0 },
  ]);
});

Deno.test("whoever never pauses is followed all the same", async () => {
  const { drafts, server, clock } = begin();
  await drafts.resume();
  for (let second = 1; second <= 12; second++) {
    drafts.save(GENERAL, null, "x".repeat(second));
    clock.pass(1_000);
  }
  await settle();
  assert.ok(server.asked.length >= 1);
});

Deno.test("another device's change shows at once, but not while one types here", async () => {
  const { drafts, hear, clock } = begin();
  await drafts.resume();
  hear(row("from the phone", { version: 1 }));
  assert.equal(drafts.of(GENERAL, null), "from the phone");
  drafts.save(GENERAL, null, "from the desk");
  hear(row("from the phone again", { version: 2 }));
  assert.equal(drafts.of(GENERAL, null), "from the desk");
  clock.pass(SHARE_MS);
  await settle();
  hear(row("from the desk", { version: 3 }));
  hear(null);
  assert.equal(drafts.of(GENERAL, null), "");
});

Deno.test("the version follows the highest that was heard of", async () => {
  const { drafts, hear, server, clock } = begin();
  await drafts.resume();
  hear(row("from the phone", { version: 7 }));
  hear(null);
  drafts.save(GENERAL, null, "anew");
  clock.pass(SHARE_MS);
  await settle();
  assert.equal(server.asked[0].version, 7);
});

Deno.test("what the server refuses stays here, and is not sent again and again", async () => {
  const { drafts, server, clock } = begin();
  await drafts.resume();
  server.trouble = new RequestFailed(403, { code: "forbidden" });
  drafts.save(GENERAL, null, "Dear all");
  clock.pass(SHARE_MS);
  await settle();
  clock.pass(600_000);
  await settle();
  assert.equal(server.asked.length, 1);
  assert.equal(drafts.of(GENERAL, null), "Dear all");
});

Deno.test("what was sent from another device meanwhile is gone from the field", async () => {
  const storage = new FakeStorage();
  const server = new FakeDrafts();
  const first = begin(storage, server);
  await first.drafts.resume();
  first.drafts.save(GENERAL, null, "Dear all");
  first.clock.pass(SHARE_MS);
  await settle();
  first.drafts.flush();

  server.rows.clear();
  const next = begin(storage, server);
  next.drafts.restore();
  await next.drafts.resume();
  assert.equal(next.drafts.of(GENERAL, null), "");
});
