/**
 * @import { Shelf } from "../lib/storage.js"
 */

import { TONES } from "../lib/emoji.js";

/** So many of the last choices count: what one liked a year ago is forgotten. */
const REMEMBERED = 150;

/** Which emoji somebody uses, and in which tone. It stays in this browser. */
export class EmojiUse {
  #shelf;

  /** @param {Shelf} shelf */
  constructor(shelf) {
    this.#shelf = shelf;
  }

  /** @param {string} id */
  note(id) {
    this.#shelf.set("used", JSON.stringify([id, ...this.#used()].slice(0, REMEMBERED)));
  }

  /**
   * @param {number} limit
   * @returns {string[]} ids, the most used first; of two alike the later
   */
  frequent(limit) {
    const counts = new Map();
    for (const id of this.#used()) counts.set(id, (counts.get(id) ?? 0) + 1);
    return [...counts].sort(([, a], [, b]) => b - a).slice(0, limit).map(([id]) => id);
  }

  get tone() {
    const tone = this.#shelf.get("tone") ?? "";
    return TONES.includes(tone) ? tone : "";
  }

  set tone(tone) {
    this.#shelf.set("tone", tone || null);
  }

  /** @returns {string[]} */
  #used() {
    try {
      const used = JSON.parse(this.#shelf.get("used") ?? "[]");
      return Array.isArray(used) ? used.filter((id) => typeof id === "string") : [];
    } catch {
      return [];
    }
  }
}
