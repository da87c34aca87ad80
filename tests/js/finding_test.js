import assert from "node:assert/strict";
import { test } from "node:test";
import { rank } from "../../ui/js/lib/ranking.js";
import { candidates, suggestions, targets } from "../../ui/js/store/finding.js";
import { ANN, channel, GENERAL, ME, me, membership, user } from "./builders.js";

/** @import { ChannelView } from "../../ui/js/protocol.generated.d.ts" */

const BEN = { ...user("3"), display_name: "Ben Ode", username: "ben" };
const users = { [ME]: me(), [ANN]: user(ANN), "3": BEN };

/** @param {ChannelView} one */
function line(one, messages = 0, mentions = 0) {
  return { channel: one, messages, mentions, hasDraft: false };
}

const withAnn = channel({ id: "8", kind: "dm", name: "User 2", user_ids: [ME, ANN] });
const general = channel();
const quiet = channel({ id: "9", name: "quiet", membership: membership({ is_muted: true }) });
const foreign = channel({ id: "10", name: "foreign", membership: null });
const lines = [line(general), line(withAnn), line(quiet, 5)];
const all = targets({
  channels: [general, withAnn, quiet],
  lines,
  joinable: [foreign, { ...general, membership: null }],
  users,
  meId: ME,
});

test("everybody and every channel is there once, people with the conversation that there is", () => {
  assert.deepEqual(
    all.map(({ kind, label, channelId }) => [kind, label, channelId]),
    [
      ["channel", "general", GENERAL],
      ["channel", "quiet", "9"],
      ["person", "User 2", "8"],
      ["person", "Ben Ode", null],
      ["channel", "foreign", "10"],
    ],
  );
});

test("whoever is gone is not offered", () => {
  const gone = { ...users, "3": { ...BEN, is_active: false } };
  const found = targets({ channels: [], lines: [], joinable: [], users: gone, meId: ME });
  assert.deepEqual(found.map(({ userId }) => userId), [ANN]);
});

test("a person is found by name and by username", () => {
  const names = candidates(all, users, []);
  assert.equal(all[rank(names, "ode", 1)[0]?.index ?? -1]?.userId, "3");
  assert.equal(all[rank(names, "ben", 1)[0]?.index ?? -1]?.userId, "3");
});

test("before anything is typed: what is unread, then where one was last, never where one is", () => {
  const options = { visited: [GENERAL, "8"], openId: null, limit: 5 };
  assert.deepEqual(suggestions(all, options).map(({ channelId }) => channelId), [
    GENERAL,
    "8",
    "9",
  ]);
  const called = targets({
    channels: [general, withAnn, quiet],
    lines: [line(general), line(withAnn, 1), line(quiet, 5, 1)],
    joinable: [],
    users,
    meId: ME,
  });
  assert.deepEqual(
    suggestions(called, { ...options, openId: GENERAL }).map(({ channelId }) => channelId),
    ["9", "8"],
  );
});
