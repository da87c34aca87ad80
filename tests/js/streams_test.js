import assert from "node:assert/strict";
import { EVENT, FRAME } from "../../ui/js/protocol.generated.js";
import { reduceEvent } from "../../ui/js/store/events.js";
import { markFailed, markSent, newEntry } from "../../ui/js/store/outbox.js";
import {
  applyEvent,
  applyPage,
  applyReset,
  applyWelcome,
  takeStrays,
} from "../../ui/js/store/streams.js";
import {
  ANN,
  channel,
  edited,
  GENERAL,
  ME,
  message,
  OWN_STREAM,
  ownPlace,
  posted,
  seqs,
  state,
  stateWith,
  STREAM,
  welcome,
} from "./builders.js";

/** @import { OrderedEvent } from "../../ui/js/protocol.generated.d.ts" */

Deno.test("the next event is applied and moves the cursor", () => {
  const { state: next, outcome } = applyEvent(stateWith([message(10)]), posted(11));
  assert.equal(outcome, "applied");
  assert.equal(next.cursors[STREAM], 11);
  assert.deepEqual(seqs(next), [10, 11]);
});

Deno.test("an event that was seen before changes nothing", () => {
  const before = stateWith([message(10)]);
  const { state: next, outcome } = applyEvent(before, posted(10));
  assert.equal(outcome, "ignored");
  assert.equal(next, before);
});

Deno.test("an event after a hole is not applied, and the hole is reported", () => {
  const before = stateWith([message(10)]);
  const { state: next, outcome } = applyEvent(before, posted(13));
  assert.equal(outcome, "gap");
  assert.deepEqual(seqs(next), [10]);
  assert.equal(next.cursors[STREAM], 10);
});

Deno.test("a page fills the hole, skips what is known and goes to its end", () => {
  const page = {
    type: FRAME.PAGE,
    stream: STREAM,
    from: 10,
    to: 13,
    events: [posted(10), posted(11), posted(12), posted(13)],
    more: false,
  };
  const { state: next } = applyPage(stateWith([message(10)]), page);
  assert.deepEqual(seqs(next), [10, 11, 12, 13]);
  assert.equal(next.cursors[STREAM], 13);
});

Deno.test("a page that begins after a hole is not applied", () => {
  const page = {
    type: FRAME.PAGE,
    stream: STREAM,
    from: 12,
    to: 13,
    events: [posted(12), posted(13)],
    more: false,
  };
  assert.equal(applyPage(stateWith([]), page).outcome, "gap");
});

Deno.test("an event of a kind this page does not know still takes its place", () => {
  const unknown = /** @type {any} */ ({ ...posted(11), type: "message.sung" });
  const { state: next, outcome } = applyEvent(stateWith([]), unknown);
  assert.equal(outcome, "applied");
  assert.equal(next.cursors[STREAM], 11);
});

Deno.test("what is heard of a channel before its arrival is asked for afterwards", () => {
  const started = applyWelcome(state(), welcome()).state;
  const elsewhere = /** @type {OrderedEvent} */ ({
    ...posted(21),
    stream: "c:8",
    channel_id: "8",
  });
  const heard = applyEvent(started, elsewhere);
  assert.equal(heard.outcome, "unknown");
  const added = applyEvent(heard.state, {
    ...ownPlace(5),
    type: EVENT.CHANNEL_ADDED,
    channel: channel({ id: "8", last_seq: 20 }),
  });
  assert.deepEqual(takeStrays(added.state).behind, ["c:8"]);
});

Deno.test("a welcome with the heads that are known asks for nothing but the counts", () => {
  const { state: next, needs } = applyWelcome(state(), welcome());
  assert.deepEqual(needs, { sync: [], channels: false, unread: true, isNewHistory: false });
  assert.equal(next.cursors[OWN_STREAM], 4);
});

Deno.test("after a lost connection every stream that moved is asked for, the open one first", () => {
  const first = applyWelcome(state(), welcome()).state;
  const open = {
    ...first,
    place: { channelId: GENERAL, targetSeq: null, dividerAfter: null },
  };
  const again = welcome({ streams: { [OWN_STREAM]: 6, [STREAM]: 12 } });
  const { needs } = applyWelcome(open, again);
  assert.deepEqual(needs, {
    sync: [STREAM, OWN_STREAM],
    channels: false,
    unread: false,
    isNewHistory: false,
  });
});

Deno.test("a stream that only the server or only the page knows makes the channels be read again", () => {
  const first = applyWelcome(state(), welcome()).state;
  const joined = welcome({ streams: { [OWN_STREAM]: 4, [STREAM]: 10, "c:9": 3 } });
  const left = welcome({ streams: { [OWN_STREAM]: 4 } });
  assert.equal(applyWelcome(first, joined).needs.channels, true);
  assert.equal(applyWelcome(first, left).needs.channels, true);
});

Deno.test("another epoch forgets everything that was seen", () => {
  const begun = stateWith([message(10)], {
    typing: { [GENERAL]: { [ANN]: 1 } },
    presence: { [ANN]: "online" },
  });
  const first = applyWelcome(begun, welcome()).state;
  const restored = welcome({ epoch: "e2", streams: { [OWN_STREAM]: 2, [STREAM]: 8 } });
  const { state: next, needs } = applyWelcome(first, restored);
  assert.deepEqual(next.timelines, {});
  assert.equal(next.cursors[STREAM], 8);
  assert.deepEqual(needs, {
    sync: [],
    channels: true,
    unread: true,
    isNewHistory: true,
  });
  assert.deepEqual(Object.keys(next.users), [ME]);
  assert.deepEqual([next.presence, next.typing, next.members], [{}, {}, {}]);
});

Deno.test("another epoch leaves what is not sent and the drafts, and sends again what it had taken", () => {
  const written = { channelId: GENERAL, text: "hello", at: "2026-11-23T12:00:00Z" };
  const outbox = [
    ...markSent([newEntry({ ...written, clientId: "a" })], "a", 11),
    newEntry({ ...written, clientId: "b" }),
    ...markFailed([newEntry({ ...written, clientId: "c" })], "c", {
      code: "",
      detail: "",
      isFinal: true,
    }),
  ];
  const first = applyWelcome(state({ outbox, drafts: { [GENERAL]: "begun" } }), welcome()).state;
  const next = applyWelcome(first, welcome({ epoch: "e2" })).state;
  assert.deepEqual(next.outbox.map(({ client_id, phase, seq }) => [client_id, phase, seq]), [
    ["a", "waiting", null],
    ["b", "waiting", null],
    ["c", "failed", null],
  ]);
  assert.deepEqual(next.drafts, { [GENERAL]: "begun" });
});

Deno.test("a reset forgets the stream and goes on after its head", () => {
  const reset = applyReset(stateWith([message(10)]), {
    type: FRAME.RESET,
    stream: STREAM,
    seq: 2000,
  });
  assert.equal(reset.timelines[GENERAL], undefined);
  assert.equal(applyEvent(reset, posted(2000)).outcome, "ignored");
  assert.equal(applyEvent(reset, posted(2001)).outcome, "applied");
});

Deno.test("leaving a channel ends its stream and takes everything of it away", () => {
  const next = reduceEvent(stateWith([message(10)]), {
    ...ownPlace(5),
    type: EVENT.CHANNEL_REMOVED,
    channel_id: GENERAL,
  });
  assert.deepEqual([next.channels, next.cursors, next.timelines, next.unread], [{}, {}, {}, {}]);
});

Deno.test("a channel that is already known is not begun anew when its arrival is replayed", () => {
  const before = stateWith([message(10)]);
  const next = reduceEvent(before, {
    ...ownPlace(5),
    type: EVENT.CHANNEL_ADDED,
    channel: channel({ last_seq: 3 }),
  });
  assert.deepEqual(seqs(next), [10]);
});

Deno.test("people who come and go change the count once, however fresh the snapshot was", () => {
  const joined = /** @type {const} */ ({
    type: EVENT.MEMBER_JOINED,
    stream: STREAM,
    channel_id: GENERAL,
    seq: 11,
    at: "2026-11-23T12:30:00Z",
    actor_id: "3",
    member: {
      channel_id: GENERAL,
      user_id: "3",
      role: "member",
      joined_at: "2026-11-23T12:30:00Z",
      user: {
        id: "3",
        username: "cy",
        display_name: "Cy",
        role: "member",
        is_bot: false,
        is_active: true,
        title: "",
        time_zone: "",
        avatar: null,
        status_emoji: "",
        status_text: "",
        status_until: null,
      },
    },
  });
  assert.equal(applyEvent(state(), joined).state.channels[GENERAL]?.member_count, 3);
  const fresh = state({ channels: { [GENERAL]: channel({ last_seq: 11, member_count: 3 }) } });
  assert.equal(applyEvent(fresh, joined).state.channels[GENERAL]?.member_count, 3);
  assert.equal(applyEvent(fresh, joined).state.users["3"]?.display_name, "Cy");
});

Deno.test("a replayed post and its edit end in the same state as a fresh snapshot", () => {
  let live = stateWith([message(10)]);
  for (const event of [posted(11), edited(12, 11)]) live = applyEvent(live, event).state;
  const fresh = stateWith([
    message(10),
    message(11, { version: 2, text: "edited", edited_at: "2026-11-23T13:00:00Z" }),
  ]);
  assert.deepEqual(live.timelines[GENERAL]?.messages, fresh.timelines[GENERAL]?.messages);
  assert.equal(live.me.id, ME);
});
