import assert from "node:assert/strict";

import { decide } from "../../ui/js/store/notifying.js";
import { isReadInState, situationOf } from "../../ui/js/store/situations.js";
import { channel, GENERAL, ME, me, membership, message, state } from "./builders.js";

/** @import { Preferences } from "../../ui/js/protocol.generated.d.ts" */
/** @import { State } from "../../ui/js/store/state.js" */

/** @type {Preferences} */
const USUAL = {
  level: "mentions",
  keywords: [],
  notify_threads: true,
  quiet_hours: { is_on: false, from: "22:00", to: "08:00", days: [] },
  dnd_until: null,
  show_text: true,
  sound: true,
  enter_sends: true,
  opens_at: "unread",
  theme: "system",
  density: "comfortable",
  motion: "system",
  contrast: "system",
  clock: "auto",
  locale: "",
};
const NOW = new Date("2026-11-23T12:30:00Z");

/** @param {Partial<State>} [fields] */
function mine(fields = {}) {
  const made = state(fields);
  return { ...made, personal: { ...made.personal, preferences: USUAL } };
}

/**
 * @param {State} current
 * @param {Parameters<typeof message>[1]} [fields]
 * @param {{ hasKeyword?: boolean, followsThread?: boolean }} [known]
 */
function reason(current, fields, { hasKeyword = false, followsThread = false } = {}) {
  const situation = situationOf(current, message(11, fields), {
    hasKeyword,
    followsThread,
    now: NOW,
  });
  return situation && decide(situation).reason;
}

Deno.test("what calls one is read from the message and from what one was told", () => {
  assert.equal(reason(mine()), "not_called");
  assert.equal(reason(mine(), { mention_ids: [ME] }), "name");
  assert.equal(reason(mine(), {}, { hasKeyword: true }), "keyword");
  assert.equal(reason(mine(), { broad: "channel" }), "channel");
  assert.equal(reason(mine(), { thread_id: "1001" }, { followsThread: true }), "thread");
  assert.equal(reason(mine(), { author_id: ME }), "own");
});

Deno.test("the channel and the wish for quiet count", () => {
  const called = { mention_ids: [ME] };
  const muted = { [GENERAL]: channel({ membership: membership({ is_muted: true }) }) };
  assert.equal(reason(mine({ channels: muted }), called), "muted");
  const direct = { [GENERAL]: channel({ kind: "dm" }) };
  assert.equal(reason(mine({ channels: direct })), "direct");
  assert.equal(
    reason(mine({ me: { ...me(), presence_choice: "dnd" } }), called),
    "do_not_disturb",
  );
  assert.equal(reason(mine({ channels: {} }), called), null);
});

Deno.test("what was read is no news, in the channel or in its thread", () => {
  const current = mine();
  assert.equal(isReadInState(current, message(10)), true);
  assert.equal(isReadInState(current, message(11)), false);
  const reply = message(9, { thread_id: "1001" });
  assert.equal(isReadInState(current, reply), false);
  const thread = { root_id: "1001", channel_id: GENERAL, is_following: true, read_seq: 9 };
  const followed = {
    ...current,
    personal: { ...current.personal, threads: { "1001": thread } },
  };
  assert.equal(isReadInState(followed, reply), true);
});
