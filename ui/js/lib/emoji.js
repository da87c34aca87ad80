/**
 * The emoji that can be chosen: those that everybody has, and the workspace's own.
 *
 * @import { CustomEmoji } from "../protocol.generated.d.ts"
 */

/**
 * @typedef {object} Emoji
 * @property {string} id the character; of a custom one, its name
 * @property {string[]} names the one that people use first
 * @property {string[]} words to search by
 * @property {boolean} takesTone
 * @property {string | null} picture the address of a custom one's
 */

/**
 * @typedef {object} EmojiGroup
 * @property {string} name
 * @property {Emoji[]} emoji
 */

/** No tone, and the five of Unicode. */
export const TONES = Object.freeze(["", "🏻", "🏼", "🏽", "🏾", "🏿"]);

/** @type {Promise<EmojiGroup[]> | null} */
let loading = null;

/**
 * @throws when there is no connection
 * @returns {Promise<EmojiGroup[]>}
 */
export function loadEmoji() {
  loading ??= readGroups().catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function readGroups() {
  const { default: groups } = await import("../emoji.generated.json", { with: { type: "json" } });
  const rows = /** @type {{ name: string, emoji: [string, string, string, number][] }[]} */ (
    /** @type {unknown} */ (groups)
  );
  return rows.map(({ name, emoji }) => ({ name, emoji: emoji.map(standardEmoji) }));
}

/**
 * @param {[string, string, string, number]} row
 * @returns {Emoji}
 */
function standardEmoji([id, names, words, takesTone]) {
  return {
    id,
    names: names.split(" "),
    words: words === "" ? [] : words.split(" "),
    takesTone: takesTone === 1,
    picture: null,
  };
}

/**
 * @param {CustomEmoji} custom
 * @returns {Emoji}
 */
export function ownEmoji({ name, version }) {
  const picture = `/api/v1/emoji/${name}/image?v=${version}`;
  return { id: name, names: [name], words: [], takesTone: false, picture };
}

/**
 * @param {Emoji} emoji
 * @param {string} tone one of `TONES`
 * @returns {string} the character, or the name of a custom one
 */
export function withTone({ id, takesTone }, tone) {
  if (!takesTone || tone === "") return id;
  const [first = "", ...rest] = id;
  return first + tone + rest.join("").replace(/^\uFE0F/, "");
}

/** @param {string} chosen */
export function withoutTone(chosen) {
  return chosen.replaceAll(/[\u{1F3FB}-\u{1F3FF}]/gu, "");
}

/**
 * How it is written in a text.
 *
 * @param {string} chosen the character, or the name of a custom one
 */
export function emojiText(chosen) {
  return /^[a-z0-9_+-]{2,}$/.test(chosen) ? `:${chosen}:` : chosen;
}

/**
 * @param {Iterable<Emoji>} all
 * @param {object} question
 * @param {string} question.query one word or several
 * @param {readonly string[]} question.recent ids, the most used first
 * @param {number} question.limit
 * @returns {Emoji[]} what one uses oneself, then what begins so, then what contains it
 */
export function searchEmoji(all, { query, recent, limit }) {
  const words = query.toLowerCase().split(/[\s_]+/).filter(Boolean);
  if (words.length === 0) return [];
  const whole = words.join("_");
  const used = new Map(recent.map((id, index) => [withoutTone(id), index]));
  const found = [];
  let place = 0;
  for (const emoji of all) {
    place += 1;
    const fit = emojiFit(emoji, whole, words);
    if (fit === Infinity) continue;
    const use = used.get(withoutTone(emoji.id));
    const isOwn = fit < 3 && use !== undefined;
    found.push({ emoji, order: isOwn ? use - 1_000 : fit, place });
  }
  found.sort((a, b) => a.order - b.order || a.place - b.place);
  return found.slice(0, limit).map(({ emoji }) => emoji);
}

/**
 * @param {Emoji} emoji
 * @param {string} whole
 * @param {string[]} parts
 */
function emojiFit({ names, words }, whole, parts) {
  if (names.some((name) => name === whole)) return 0;
  if (names.some((name) => name.startsWith(whole))) return 1;
  if (names.some((name) => name.includes(`_${whole}`))) return 2;
  if (names.some((name) => name.includes(whole))) return 3;
  if (words.some((word) => word === whole)) return 4;
  const isThere = parts.every((part) =>
    words.some((word) => word.startsWith(part)) || names.some((name) => name.includes(part))
  );
  if (isThere) return 5;
  return parts.length === 1 && words.some((word) => word.includes(whole)) ? 6 : Infinity;
}
