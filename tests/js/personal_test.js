import assert from "node:assert/strict";

import { EVENT } from "../../ui/js/protocol.generated.js";
import { reduceEvent } from "../../ui/js/store/events.js";
import { draftKey } from "../../ui/js/store/personal.js";
import { channel, deleted, GENERAL, ME, membership, ownPlace, posted, state } from "./builders.js";

const draft = {
  channel_id: GENERAL,
  thread_id: null,
  text: "I was about to",
  version: 2,
  updated_at: "2026-11-23T12:30:00Z",
};

Deno.test("a draft of another device is here until it is ended", () => {
  const place = { ...ownPlace(5), type: EVENT.DRAFT_CHANGED, channel_id: GENERAL, thread_id: null };
  const begun = reduceEvent(state(), { ...place, draft });
  assert.deepEqual(begun.personal.drafts, { [GENERAL]: draft });
  assert.deepEqual(reduceEvent(begun, { ...place, draft: null }).personal.drafts, {});
});

Deno.test("whoever leaves a channel gives up what they had begun there", () => {
  const begun = reduceEvent(state(), {
    ...ownPlace(5),
    type: EVENT.DRAFT_CHANGED,
    channel_id: GENERAL,
    thread_id: "1010",
    draft: { ...draft, thread_id: "1010" },
  });
  assert.deepEqual(Object.keys(begun.personal.drafts), [draftKey(GENERAL, "1010")]);
  const gone = reduceEvent(begun, {
    ...ownPlace(6),
    type: EVENT.CHANNEL_REMOVED,
    channel_id: GENERAL,
  });
  assert.deepEqual(gone.personal.drafts, {});
});

Deno.test("what stood under a lost heading stands free", () => {
  const start = state({
    channels: { [GENERAL]: channel({ membership: membership({ section_id: "3" }) }) },
  });
  const sections = [{ id: "3", name: "Work", position: 0, is_collapsed: false }];
  const event = { ...ownPlace(5), type: EVENT.SECTIONS_CHANGED };
  const kept = reduceEvent(start, { ...event, sections });
  assert.equal(kept.channels[GENERAL]?.membership?.section_id, "3");
  assert.deepEqual(kept.personal.sections, sections);
  const lost = reduceEvent(kept, { ...event, sections: [] });
  assert.equal(lost.channels[GENERAL]?.membership?.section_id, null);
});

Deno.test("a thread is followed and read on all devices at once", () => {
  const thread = { root_id: "1010", channel_id: GENERAL, is_following: true, read_seq: 12 };
  const followed = reduceEvent(state(), {
    ...ownPlace(5),
    type: EVENT.THREAD_CHANGED,
    ...thread,
  });
  assert.deepEqual(followed.personal.threads, { "1010": thread });
  const read = reduceEvent(followed, {
    ...ownPlace(6),
    type: EVENT.READ_ALL_CHANGED,
    markers: { [GENERAL]: 20 },
  });
  assert.equal(read.personal.threads["1010"]?.read_seq, 20);
  const own = posted(21, { thread_id: "1010", author_id: ME });
  assert.equal(reduceEvent(read, own).personal.threads["1010"]?.read_seq, 21);
  assert.equal(reduceEvent(read, posted(21, { thread_id: "1010" })).personal, read.personal);
});

Deno.test("what is kept for later and what is preferred is known", () => {
  const kept = reduceEvent(state(), {
    ...ownPlace(5),
    type: EVENT.SAVED_CHANGED,
    message_id: "1010",
    channel_id: GENERAL,
    is_saved: true,
  });
  assert.equal(kept.personal.saved["1010"], true);
  assert.deepEqual(reduceEvent(kept, deleted(11, 10)).personal.saved, {});
});
