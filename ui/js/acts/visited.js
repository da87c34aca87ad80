/** @import { Shelf } from "../lib/storage.js" */

const KEPT = 30;

/** Which channels were open last, in this browser. */
export class Visited {
  #shelf;

  /** @param {Shelf} shelf */
  constructor(shelf) {
    this.#shelf = shelf;
  }

  /** @returns {string[]} the last one first */
  get channelIds() {
    return (this.#shelf.get("") ?? "").split(" ").filter(Boolean);
  }

  /** @param {string} channelId */
  note(channelId) {
    const others = this.channelIds.filter((id) => id !== channelId);
    this.#shelf.set("", [channelId, ...others].slice(0, KEPT).join(" "));
  }
}
