/** @import { Shelf } from "./storage.js" */

import { TONES } from "./emoji.js";

/** Until somebody has favourites of their own. */
const USUAL = ["👍", "🎉", "👀", "❤️", "😂", "✅"];

const KEPT = 60;

/** Which emoji somebody uses most, and in which tone. It stays in this browser. */
export class EmojiUse {
  #shelf;
  /** @type {Map<string, number>} */
  #counts;

  /** @param {Shelf} shelf */
  constructor(shelf) {
    this.#shelf = shelf;
    this.#counts = new Map(parse(shelf.get("")));
  }

  /** @param {string} emoji */
  used(emoji) {
    this.#counts.set(emoji, (this.#counts.get(emoji) ?? 0) + 1);
    const kept = this.#ranked().slice(0, KEPT);
    this.#shelf.set("", JSON.stringify(kept));
  }

  /**
   * @param {number} count
   * @returns {string[]}
   */
  top(count) {
    const own = this.#ranked().map(([emoji]) => emoji);
    return [...new Set([...own, ...USUAL])].slice(0, count);
  }

  /** One of `TONES`. */
  get tone() {
    const tone = this.#shelf.get(".tone") ?? "";
    return TONES.includes(tone) ? tone : "";
  }

  set tone(tone) {
    this.#shelf.set(".tone", tone || null);
  }

  #ranked() {
    return [...this.#counts].sort(([, a], [, b]) => b - a);
  }
}

/**
 * @param {string | null} stored
 * @returns {[string, number][]}
 */
function parse(stored) {
  try {
    const rows = JSON.parse(stored ?? "[]");
    return rows.filter((/** @type {unknown} */ row) =>
      Array.isArray(row) && typeof row[0] === "string" && Number.isFinite(row[1])
    );
  } catch {
    return [];
  }
}
