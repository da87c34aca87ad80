/**
 * @import { Archive, Row } from "../lib/archive.js"
 * @import { Clock, Timer } from "../lib/clock.js"
 * @import { Store } from "../store/store.js"
 * @import { Timeline } from "../store/timeline.js"
 */

import { savedTimeline, withSaved } from "../store/saved.js";
import { channelStream } from "../store/state.js";

/** Not with every event: a lively channel would be written down all the time. */
const SAVE_MS = 1_000;

/** A disk that takes longer than this has nothing that could not be loaded faster. */
const PATIENCE_MS = 500;

/**
 * Lets the next page go on where this one stopped.
 *
 * What is saved may be behind, because a page can end at any time. It is never wrong: a timeline
 * and its cursor are written together.
 */
export class Memory {
  #store;
  #archive;
  #clock;
  /** @type {Map<string, { timeline: Timeline, cursor: number }>} */
  #saved = new Map();
  /** @type {Timer | null} */
  #timer = null;
  #isForgotten = false;

  /**
   * @param {object} parts
   * @param {Store} parts.store
   * @param {Pick<Archive, "read" | "write" | "clear">} parts.archive
   * @param {Clock} parts.clock
   */
  constructor({ store, archive, clock }) {
    this.#store = store;
    this.#archive = archive;
    this.#clock = clock;
  }

  /** @returns {Promise<string[]>} the channels whose timelines are there again */
  async restore() {
    const rows = await this.#inTime(this.#archive.read());
    if (!rows) return [];
    const { state, restored, useless } = withSaved(this.#store.state, rows, this.#clock.now());
    this.#store.update(() => state);
    for (const channelId of restored) this.#note(channelId);
    const drop = useless.filter(isRow);
    if (drop.length > 0) this.#write({ put: [], drop });
    return restored;
  }

  /** Call when a timeline or a cursor has changed. */
  keep() {
    this.#timer ??= this.#clock.setTimeout(() => this.flush(), SAVE_MS);
  }

  /** Write down what has changed, as when the page may end. */
  flush() {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#isForgotten) return;
    const { state } = this.#store;
    const now = this.#clock.now();
    const put = Object.keys(state.timelines).filter((channelId) => this.#hasChanged(channelId))
      .map((channelId) => savedTimeline(state, channelId, now)).filter((row) => row !== null);
    const drop = [...this.#saved.keys()].filter((channelId) => !(channelId in state.timelines))
      .map((channel_id) => ({ owner: state.me.id, channel_id }));
    for (const { channel_id } of put) this.#note(channel_id);
    for (const { channel_id } of drop) this.#saved.delete(channel_id);
    if (put.length + drop.length > 0) this.#write({ put, drop });
  }

  /** Leave nothing for whoever uses this browser next. */
  async forget() {
    this.#isForgotten = true;
    await this.#inTime(this.#archive.clear());
  }

  /** @param {string} channelId */
  #note(channelId) {
    const { timelines, cursors } = this.#store.state;
    const timeline = timelines[channelId];
    const cursor = cursors[channelStream(channelId)];
    if (timeline && cursor !== undefined) this.#saved.set(channelId, { timeline, cursor });
  }

  /** @param {string} channelId */
  #hasChanged(channelId) {
    const { timelines, cursors } = this.#store.state;
    const saved = this.#saved.get(channelId);
    return saved?.timeline !== timelines[channelId] ||
      saved?.cursor !== cursors[channelStream(channelId)];
  }

  /** @param {{ put: Row[], drop: Row[] }} changes */
  #write(changes) {
    // Without it the next page loads what it shows, like the first one did.
    this.#archive.write(changes).catch(() => {});
  }

  /**
   * @template Value
   * @param {Promise<Value>} promise
   * @returns {Promise<Value | null>} null when it failed or took too long
   */
  #inTime(promise) {
    return new Promise((resolve) => {
      const timer = this.#clock.setTimeout(() => resolve(null), PATIENCE_MS);
      promise.then(resolve, () => resolve(null)).finally(() => this.#clock.clearTimeout(timer));
    });
  }
}

/**
 * @param {unknown} value
 * @returns {value is Row}
 */
function isRow(value) {
  const row = /** @type {Partial<Row> | null} */ (value);
  return typeof row?.owner === "string" && typeof row.channel_id === "string";
}
