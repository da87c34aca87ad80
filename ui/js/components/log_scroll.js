/**
 * Keeps what one reads where it is, whatever comes, goes or grows around it.
 *
 * @import { App } from "../app.js"
 * @import { Place } from "../store/state.js"
 * @import { Timeline } from "../store/timeline.js"
 */

import { SAVED_GENERATION } from "../store/saved.js";

/** A reader so close to the end follows it. */
const END_PX = 80;

/** After this the messages stand still again. */
const REST_MS = 1_000;

/** History is fetched this far ahead of the eyes. */
const AHEAD_PX = 1_500;

const SCROLLING_KEYS = ["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown", " "];

/** @typedef {{ element: Element, top: number }} Anchor a row, and where it stands in the window */

/**
 * @typedef {object} Sight what the reader has in view
 * @property {boolean} isFarFromEnd
 * @property {boolean} isDividerAbove where the new messages begin is further up
 */

export class LogScroll {
  #app;
  #onSight;
  #positions;
  /** @type {Element | null} */
  #log = null;
  /** @type {Anchor | null} */
  #anchor = null;
  #isScrollQueued = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #restTimer = undefined;
  #endWishesSeen = 0;
  /** Where the page before this one stood. */
  #resumed = "";
  /** The divider that was in view: then nobody has to be led to it. */
  #dividerSeen = "";
  #sight = { isFarFromEnd: false, isDividerAbove: false };
  #resizes = new ResizeObserver(() => this.#resized());

  sticksToEnd = true;
  /** What was landed on last: a place is landed on once. */
  landedOn = "";

  /**
   * @param {App} app
   * @param {(sight: Sight) => void} onSight called when it has changed
   */
  constructor(app, onSight) {
    this.#app = app;
    this.#onSight = onSight;
    this.#positions = app.ui.positions;
    this.#restorePosition();
  }

  /** @param {Element} log */
  attach(log) {
    this.#log = log;
    this.#resizes.observe(log);
    for (const child of log.children) this.#resizes.observe(child);
    log.addEventListener("scroll", () => this.#onScroll(), { passive: true });
    for (const name of ["wheel", "touchmove"]) {
      log.addEventListener(name, () => this.#app.readOn(), { passive: true });
    }
    log.addEventListener("keydown", (event) => {
      const { key } = /** @type {KeyboardEvent} */ (event);
      if (SCROLLING_KEYS.includes(key)) this.#app.readOn();
    });
  }

  detach() {
    this.#resizes.disconnect();
    clearTimeout(this.#restTimer);
  }

  /** Before the rows change. */
  hold() {
    this.#anchor = this.#findAnchor();
  }

  /** After the rows have changed. */
  settle() {
    const log = this.#log;
    const { place, timeline } = this.#place();
    if (!log || !place || !timeline?.isLoaded) return;
    const landing = `${place.channelId}/${timeline.generation}/${place.targetSeq}`;
    const isEndWished = this.#app.ui.endWishes.peek() !== this.#endWishesSeen;
    this.#endWishesSeen = this.#app.ui.endWishes.peek();
    if (landing !== this.landedOn) {
      this.landedOn = landing;
      this.#land(log, place, timeline, isEndWished);
    } else if (isEndWished || (this.sticksToEnd && !timeline.hasNewer)) {
      log.scrollTop = log.scrollHeight;
    } else {
      this.#restoreAnchor(log);
    }
    if (this.landedOn !== "") this.#measure();
  }

  /** To where the new messages begin, with a little of what was read above. */
  toDivider() {
    const divider = this.#log?.querySelector(".new");
    if (!this.#log || !divider) return;
    const top = divider.getBoundingClientRect().top - this.#log.getBoundingClientRect().top;
    this.#log.scrollTop += top - this.#log.clientHeight / 4;
  }

  /** Ask for what is about to come into view. */
  lookAhead() {
    const log = this.#log;
    const { place, timeline } = this.#place();
    if (!log || !place || !timeline?.isLoaded || timeline.error !== null) return;
    const below = log.scrollHeight - log.scrollTop - log.clientHeight;
    if (log.scrollTop < AHEAD_PX) this.#app.loader.older(place.channelId);
    if (below < AHEAD_PX) this.#app.loader.newer(place.channelId);
  }

  /** For the page after this one, in this tab. */
  savePosition() {
    const { place } = this.#place();
    const position = place && this.#positions.get(place.channelId);
    this.#app.readingPlace.set(
      "",
      position ? JSON.stringify([place.channelId, position]) : null,
    );
  }

  /**
   * The first row that is in view. They stand in order: halving finds it without measuring all.
   *
   * @returns {Anchor | null}
   */
  #findAnchor() {
    const log = this.#log;
    if (!log || this.sticksToEnd) return null;
    const edge = log.getBoundingClientRect().top;
    const rows = log.querySelectorAll(".rows > li[data-key]");
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (/** @type {Element} */ (rows[middle]).getBoundingClientRect().bottom > edge) {
        high = middle;
      } else low = middle + 1;
    }
    const element = rows[low];
    return element ? { element, top: element.getBoundingClientRect().top } : null;
  }

  /** @param {Element} log */
  #restoreAnchor(log) {
    if (!this.#anchor?.element.isConnected) return;
    const shift = this.#anchor.element.getBoundingClientRect().top - this.#anchor.top;
    if (shift !== 0) log.scrollTop += shift;
  }

  /**
   * @param {Element} log
   * @param {Place} place
   * @param {Timeline} timeline
   * @param {boolean} isEndWished
   */
  #land(log, place, timeline, isEndWished) {
    log.scrollTop = log.scrollHeight;
    if (isEndWished) return;
    const target = log.querySelector('.message[data-state="target"]');
    if (target) {
      target.scrollIntoView({ block: "center" });
      return;
    }
    const remembered = this.#positions.get(place.channelId);
    const row = remembered?.generation === timeline.generation
      ? log.querySelector(`li[data-key="${CSS.escape(remembered.key)}"]`)
      : null;
    const divider = log.querySelector(".new");
    const isResumed = row !== null &&
      (remembered?.isReturn || this.#resumed === place.channelId);
    this.#resumed = "";
    if (divider && !isResumed) {
      if (this.#app.places.opensAtNewest) return;
      const room = log.clientHeight / 4;
      const top = divider.getBoundingClientRect().top - log.getBoundingClientRect().top;
      if (top < room) log.scrollTop -= room - top;
    } else if (row && remembered) {
      log.scrollTop += row.getBoundingClientRect().top - remembered.top;
      const isShort = Math.abs(row.getBoundingClientRect().top - remembered.top) > 1;
      // What stands below has not come yet: with it one lands again.
      if (isShort && timeline.hasNewer) this.landedOn = "";
    }
  }

  #onScroll() {
    if (this.#isScrollQueued) return;
    this.#isScrollQueued = true;
    requestAnimationFrame(() => {
      this.#isScrollQueued = false;
      this.#measure();
      this.lookAhead();
      this.#showMoving();
    });
  }

  #showMoving() {
    if (this.sticksToEnd) return;
    this.#log?.setAttribute("data-scrolling", "");
    clearTimeout(this.#restTimer);
    this.#restTimer = setTimeout(() => this.#log?.removeAttribute("data-scrolling"), REST_MS);
  }

  /** A composer that grows, a quote or a font that comes late: nothing of it moves what is read. */
  #resized() {
    if (!this.#log || this.landedOn === "") return;
    if (this.sticksToEnd) this.#log.scrollTop = this.#log.scrollHeight;
    else this.#restoreAnchor(this.#log);
  }

  #measure() {
    const log = this.#log;
    const { place, timeline } = this.#place();
    if (!log || !place || !timeline) return;
    const below = log.scrollHeight - log.scrollTop - log.clientHeight;
    this.sticksToEnd = below <= END_PX && !timeline.hasNewer;
    this.#app.attend({ isAtBottom: this.sticksToEnd && timeline.isLoaded });
    this.#anchor = this.#findAnchor();
    if (this.#anchor) {
      this.#positions.set(place.channelId, {
        generation: timeline.generation,
        key: this.#anchor.element.getAttribute("data-key") ?? "",
        top: this.#anchor.top,
      });
    } else {
      this.#positions.delete(place.channelId);
    }
    this.#see({
      isFarFromEnd: below > log.clientHeight,
      isDividerAbove: this.#isDividerAbove(log, place, timeline),
    });
  }

  /**
   * @param {Element} log
   * @param {Place} place
   * @param {Timeline} timeline
   */
  #isDividerAbove(log, { channelId, dividerAfter }, { messages }) {
    if (dividerAfter === null) return false;
    const name = `${channelId}/${dividerAfter}`;
    if (this.#dividerSeen === name) return false;
    const divider = log.querySelector(".new");
    const first = messages[0];
    if (!divider) return first !== undefined && first.seq > dividerAfter + 1;
    const edge = log.getBoundingClientRect();
    const { top, bottom } = divider.getBoundingClientRect();
    if (bottom > edge.top && top < edge.bottom) this.#dividerSeen = name;
    return bottom <= edge.top;
  }

  /** @param {Sight} sight */
  #see(sight) {
    const { isFarFromEnd, isDividerAbove } = this.#sight;
    if (isFarFromEnd === sight.isFarFromEnd && isDividerAbove === sight.isDividerAbove) return;
    this.#sight = sight;
    this.#onSight(sight);
  }

  #restorePosition() {
    const stored = this.#app.readingPlace.get("");
    if (stored === null || this.#positions.size > 0) return;
    try {
      const [channelId, { key, top }] = JSON.parse(stored);
      this.#positions.set(channelId, {
        generation: SAVED_GENERATION,
        key: String(key),
        top: Number(top),
      });
      this.#resumed = channelId;
    } catch {
      // Whatever it was, it was not ours.
    }
  }

  #place() {
    const { view } = this.#app;
    return { place: view.place.peek(), timeline: view.timeline.peek() };
  }
}
