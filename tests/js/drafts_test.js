import assert from "node:assert/strict";
import { Drafts } from "../../ui/js/acts/drafts.js";
import { Store } from "../../ui/js/store/store.js";
import { GENERAL, state } from "./builders.js";
import { FakeStorage } from "./fakes.js";

function begin(storage = new FakeStorage()) {
  const store = new Store(state());
  return { store, storage, drafts: new Drafts(store, storage.shelf()) };
}

Deno.test("what was typed just before the page ended is there again", () => {
  const { drafts, storage } = begin();
  drafts.save(GENERAL, null, "Dear all");
  drafts.flush();
  const next = begin(storage);
  next.drafts.restore();
  assert.equal(next.drafts.of(GENERAL, null), "Dear all");
});

Deno.test("what was sent or deleted does not come back with the next page", () => {
  const { drafts, storage } = begin();
  drafts.save(GENERAL, null, "Dear all");
  drafts.flush();
  drafts.save(GENERAL, null, "Dear all,");
  drafts.save(GENERAL, null, "");
  assert.equal(storage.stored.size, 0);
});

Deno.test("whoever signs out leaves no draft, also none that was still to be saved", () => {
  const { drafts, storage } = begin();
  drafts.save(GENERAL, null, "saved");
  drafts.flush();
  drafts.save(GENERAL, null, "saved and more");
  drafts.forget();
  drafts.flush();
  assert.equal(storage.stored.size, 0);
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
