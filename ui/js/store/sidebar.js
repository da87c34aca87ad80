/**
 * How one's conversations are arranged: under favourites, one's own sections, channels and people.
 *
 * @import { Section } from "../protocol.generated.d.ts"
 * @import { ChannelLine } from "./selectors.js"
 */

import { lastAt } from "./selectors.js";

/** @typedef {"favourites" | "section" | "channels" | "direct"} GroupKind */

/**
 * @typedef {object} SidebarGroup
 * @property {string} key
 * @property {GroupKind} kind
 * @property {Section | null} section of one's own
 * @property {ChannelLine[]} lines all of them
 * @property {ChannelLine[]} shown those that stand there: in a folded group only what is unread or open
 * @property {boolean} isFolded
 */

/**
 * @param {object} what
 * @param {ChannelLine[]} what.lines by name
 * @param {Section[]} what.sections in order
 * @param {ReadonlySet<string>} what.folded the keys of folded groups that are not one's own sections
 * @param {string | null} what.openId
 * @returns {SidebarGroup[]}
 */
export function sidebarGroups({ lines, sections, folded, openId }) {
  const known = new Set(sections.map(({ id }) => id));
  /** @type {Map<string, ChannelLine[]>} */
  const byKey = new Map();
  for (const line of lines) {
    // What is archived is looked up when it is wanted.
    if (line.channel.archived_at && line.messages === 0 && line.channel.id !== openId) continue;
    const key = groupKey(line, known);
    byKey.set(key, [...byKey.get(key) ?? [], line]);
  }
  /**
   * @param {string} key
   * @param {GroupKind} kind
   * @param {Section | null} section
   */
  const group = (key, kind, section) => {
    const inOrder = arranged(byKey.get(key) ?? [], kind);
    const isFolded = section ? section.is_collapsed : folded.has(key);
    const shown = isFolded
      ? inOrder.filter((line) => isCalling(line) || line.channel.id === openId)
      : inOrder;
    return { key, kind, section, lines: inOrder, shown, isFolded };
  };
  return [
    group("favourites", "favourites", null),
    ...sections.map((section) => group(`section-${section.id}`, "section", section)),
    group("channels", "channels", null),
    group("direct", "direct", null),
  ];
}

/**
 * Whether a line is bold: a muted conversation is so only when it calls by name.
 *
 * @param {ChannelLine} line
 */
export function isCalling({ channel, messages, mentions }) {
  return channel.membership?.is_muted ? mentions > 0 : messages > 0;
}

/**
 * @param {ChannelLine} line
 * @param {ReadonlySet<string>} known the sections that there are
 */
function groupKey({ channel }, known) {
  const sectionId = channel.membership?.section_id ?? null;
  if (channel.membership?.is_favourite) return "favourites";
  if (sectionId !== null && known.has(sectionId)) return `section-${sectionId}`;
  return channel.kind === "dm" ? "direct" : "channels";
}

/**
 * Muted ones stand at the end; people by who was heard of last.
 *
 * @param {ChannelLine[]} lines
 * @param {GroupKind} kind
 */
function arranged(lines, kind) {
  const isMuted = (/** @type {ChannelLine} */ { channel }) => Number(channel.membership?.is_muted);
  return lines.toSorted((a, b) =>
    isMuted(a) - isMuted(b) ||
    (kind === "direct" ? Date.parse(lastAt(b)) - Date.parse(lastAt(a)) : 0)
  );
}
