import assert from "node:assert/strict";
import { test } from "node:test";
import { EVENT } from "../../ui/js/protocol.generated.js";
import { reduceEvent, withMembership } from "../../ui/js/store/events.js";
import { withSectionFolded } from "../../ui/js/store/personal.js";
import { draftPlaces, partners, unopenedDrafts } from "../../ui/js/store/selectors.js";
import { sidebarGroups } from "../../ui/js/store/sidebar.js";
import { ANN, channel, GENERAL, ME, membership, ownPlace, posted, state } from "./builders.js";

/** @import { ChannelView, Section } from "../../ui/js/protocol.generated.d.ts" */

/**
 * @param {string} id
 * @param {Partial<ChannelView>} [fields]
 * @param {{ messages?: number, mentions?: number }} [unread]
 */
function line(id, fields = {}, { messages = 0, mentions = 0 } = {}) {
  return {
    channel: channel({ id, name: `c${id}`, ...fields }),
    messages,
    mentions,
    hasDraft: false,
  };
}

/**
 * @param {string} id
 * @param {boolean} [isCollapsed]
 * @returns {Section}
 */
function section(id, isCollapsed = false) {
  return { id, name: `s${id}`, position: 0, is_collapsed: isCollapsed };
}

/**
 * @param {ReturnType<typeof line>[]} lines
 * @param {Partial<Parameters<typeof sidebarGroups>[0]>} [options]
 */
function shown(lines, options = {}) {
  const groups = sidebarGroups({
    lines,
    sections: [],
    folded: new Set(),
    openId: null,
    ...options,
  });
  return Object.fromEntries(
    groups.map(({ key, shown }) => [key, shown.map((one) => one.channel.id)]),
  );
}

test("a favourite stands there alone, and what is in a section in its section", () => {
  const lines = [
    line("1", { membership: membership({ is_favourite: true, section_id: "5" }) }),
    line("2", { membership: membership({ section_id: "5" }) }),
    line("3", { membership: membership({ section_id: "6" }) }),
    line("4"),
    line("8", { kind: "dm", user_ids: [ME, ANN] }),
  ];
  assert.deepEqual(shown(lines, { sections: [section("5")] }), {
    favourites: ["1"],
    "section-5": ["2"],
    // Its section is gone.
    channels: ["3", "4"],
    direct: ["8"],
  });
});

test("a folded group shows what is unread and what is open", () => {
  const lines = [line("1"), line("2", {}, { messages: 1 }), line("3")];
  assert.deepEqual(shown(lines, { folded: new Set(["channels"]), openId: "3" }).channels, [
    "2",
    "3",
  ]);
  const inSection = lines.map((one) => ({
    ...one,
    channel: { ...one.channel, membership: membership({ section_id: "5" }) },
  }));
  assert.deepEqual(shown(inSection, { sections: [section("5", true)] })["section-5"], ["2"]);
});

test("what is muted stands at the end, and is unread only when it calls", () => {
  const muted = { membership: membership({ is_muted: true }) };
  const lines = [line("1", muted, { messages: 3 }), line("2"), line("3")];
  assert.deepEqual(shown(lines).channels, ["2", "3", "1"]);
  assert.deepEqual(shown(lines, { folded: new Set(["channels"]) }).channels, []);
  const called = [line("1", muted, { messages: 3, mentions: 1 })];
  assert.deepEqual(shown(called, { folded: new Set(["channels"]) }).channels, ["1"]);
});

test("people stand by who was heard of last", () => {
  const at = (/** @type {string} */ time) => ({
    kind: /** @type {const} */ ("dm"),
    user_ids: [ME, ANN],
    last_message_at: time,
  });
  const lines = [line("1", at("2026-11-20T10:00:00Z")), line("2", at("2026-11-23T10:00:00.5Z"))];
  assert.deepEqual(shown(lines).direct, ["2", "1"]);
});

test("what is archived is not in the way, unless it is open", () => {
  const lines = [line("1", { archived_at: "2026-11-23T10:00:00Z" }), line("2")];
  assert.deepEqual(shown(lines).channels, ["2"]);
  assert.deepEqual(shown(lines, { openId: "1" }).channels, ["1", "2"]);
});

test("a message makes its conversation the latest", () => {
  const next = reduceEvent(state(), posted(11));
  assert.equal(next.channels[GENERAL]?.last_message_at, "2026-11-23T12:00:11.000Z");
});

test("the presence of those with whom one talks alone is wanted, the latest first", () => {
  const lines = [
    line("1", { kind: "dm", user_ids: [ME, "8"], last_message_at: "2026-11-20T10:00:00Z" }),
    line("2", { kind: "dm", user_ids: [ME, "9"], last_message_at: "2026-11-21T10:00:00Z" }),
    line("3", { kind: "dm", user_ids: [ME, "8", "9"] }),
  ];
  assert.deepEqual(partners(lines, ME), ["9", "8"]);
});

test("a muted channel is counted anew", () => {
  const next = withMembership(state(), GENERAL, membership({ is_muted: true }));
  assert.equal(next.channels[GENERAL]?.membership?.is_muted, true);
  assert.equal(next.unread[GENERAL]?.isStale, true);
  const named = withMembership(state(), GENERAL, membership({ is_favourite: true }));
  assert.equal(named.unread[GENERAL]?.isStale, false);
});

test("a section folds at once, and the server has the last word", () => {
  const { personal } = reduceEvent(state(), {
    ...ownPlace(5),
    type: EVENT.SECTIONS_CHANGED,
    sections: [section("5"), section("6")],
  });
  const folded = withSectionFolded(personal, "6", true);
  assert.deepEqual(folded.sections.map((one) => one.is_collapsed), [false, true]);
});

test("a draft counts once, here or on another device", () => {
  const draft = {
    channel_id: GENERAL,
    thread_id: null,
    text: "Hm",
    version: 1,
    updated_at: "2026-11-23T10:00:00Z",
  };
  const { personal } = state();
  const drafts = { [GENERAL]: "Hm", "9": " " };
  assert.deepEqual([
    ...draftPlaces({ drafts, personal: { ...personal, drafts: { [GENERAL]: draft } } }),
  ], [GENERAL]);
});

test("what is just being written is no draft that waits", () => {
  const place = { channelId: GENERAL, targetSeq: null, dividerAfter: null };
  const drafts = { [GENERAL]: "Hm", "9": "Later" };
  assert.equal(unopenedDrafts(state({ drafts, place })), 1);
  assert.equal(unopenedDrafts(state({ drafts })), 2);
});
