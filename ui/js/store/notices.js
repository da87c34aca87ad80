/**
 * What happened in a channel between its messages. A page of messages brings it, and whoever listens
 * learns it from the event at the same place.
 *
 * @import { Channel, Notice, OrderedEvent } from "../protocol.generated.d.ts"
 */

import { EVENT } from "../protocol.generated.js";

/** @typedef {Pick<Notice, "kind" | "subject_id" | "text">} What */

/** What the event calls changed → what a notice calls it. */
const CHANGES = /** @type {const} */ ({
  name: "renamed",
  kind: "kind",
  topic: "topic",
  description: "description",
  posting: "posting",
});

/**
 * @param {OrderedEvent} event
 * @returns {Notice[]} as a page would bring them
 */
export function noticesOf(event) {
  if (!("channel_id" in event)) return [];
  const { channel_id, seq, at, actor_id } = event;
  return whatHappened(event).map((what) => ({ channel_id, seq, at, actor_id, ...what }));
}

/**
 * @param {OrderedEvent} event
 * @returns {What[]}
 */
function whatHappened(event) {
  switch (event.type) {
    case EVENT.MEMBER_JOINED: {
      const { member, actor_id, seq } = event;
      const isOwnDoing = actor_id === member.user_id;
      const kind = member.role === "owner" && seq === 1
        ? "created"
        : isOwnDoing
        ? "joined"
        : "added";
      return [{ kind, subject_id: member.user_id, text: "" }];
    }
    case EVENT.MEMBER_LEFT:
      return [{ kind: "left", subject_id: null, text: "" }];
    case EVENT.MEMBER_REMOVED:
      return [{ kind: "removed", subject_id: event.user_id, text: "" }];
    case EVENT.CHANNEL_CHANGED:
      return changes(event.changed, event.channel);
    case EVENT.CHANNEL_ARCHIVED:
      return [{ kind: "archived", subject_id: null, text: "" }];
    case EVENT.CHANNEL_UNARCHIVED:
      return [{ kind: "unarchived", subject_id: null, text: "" }];
    case EVENT.MESSAGE_PINNED:
      return [{ kind: "pinned", subject_id: null, text: "" }];
    default:
      return [];
  }
}

/**
 * @param {(keyof typeof CHANGES)[] | undefined} changed an event of before this was said has none
 * @param {Channel} channel
 * @returns {What[]}
 */
function changes(changed, channel) {
  return (changed ?? []).filter((field) => field in CHANGES).map((field) => ({
    kind: CHANGES[field],
    subject_id: null,
    text: channel[field],
  }));
}

/**
 * Put notices into their places, each once.
 *
 * @param {Notice[]} known ascending by seq
 * @param {Notice[]} others
 * @returns {Notice[]}
 */
export function mergeNotices(known, others) {
  const fresh = others.filter((notice) =>
    !known.some(({ seq, kind }) => seq === notice.seq && kind === notice.kind)
  );
  if (fresh.length === 0) return known;
  return [...known, ...fresh].sort((a, b) => a.seq - b.seq);
}

/** @type {Notice["kind"][]} several of these in a row are told as one */
const FOLDED = ["joined", "left", "added", "removed"];

/**
 * @param {Notice} a
 * @param {Notice} b the one after it
 */
export function isToldWith(a, b) {
  const isSameActor = a.actor_id === b.actor_id;
  return a.kind === b.kind && FOLDED.includes(a.kind) &&
    (a.kind === "joined" || a.kind === "left" || isSameActor);
}
