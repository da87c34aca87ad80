import { signal } from "@preact/signals-core";
import { dayOf } from "./lib/time.js";

/** @typedef {"browse" | "create" | "edit"} DialogName */

/** @typedef {"" | "missing" | "unreachable"} PlaceProblem why the address shows nothing */

/**
 * A question with two answers.
 *
 * @typedef {object} Confirmation
 * @property {string} title
 * @property {string} text
 * @property {string} action the word on the button that does it
 * @property {(isConfirmed: boolean) => void} resolve
 */

const NOTICE_MS = 6_000;

/** What is open on the screen. Nothing of it outlives the page. */
export class UiState {
  /** @type {import("@preact/signals-core").Signal<DialogName | null>} */
  dialog = signal(null);
  /** @type {import("@preact/signals-core").Signal<Confirmation | null>} */
  confirmation = signal(null);
  /** @type {import("@preact/signals-core").Signal<string>} */
  notice = signal("");
  /** @type {import("@preact/signals-core").Signal<string | null>} */
  editingId = signal(null);
  isPeopleOpen = signal(false);
  /** @type {import("@preact/signals-core").Signal<PlaceProblem>} */
  placeProblem = signal("");
  /** Counts the wishes to see the end of the timeline. */
  endWishes = signal(0);
  /** Counts the wishes to write. */
  composerWishes = signal(0);
  /** @type {import("@preact/signals-core").Signal<{ channelId: string, text: string } | null>} */
  composerText = signal(null);
  today = signal(dayOf(Date.now()));
  isWide = signal(true);

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #noticeTimer;

  constructor() {
    const wide = matchMedia("(width >= 720px)");
    this.isWide.value = wide.matches;
    wide.addEventListener("change", () => this.isWide.value = wide.matches);
    setInterval(() => this.today.value = dayOf(Date.now()), 60_000);
  }

  /** @param {string} text */
  say(text) {
    this.notice.value = text;
    clearTimeout(this.#noticeTimer);
    this.#noticeTimer = setTimeout(() => this.notice.value = "", NOTICE_MS);
  }

  /**
   * @param {Omit<Confirmation, "resolve">} question
   * @returns {Promise<boolean>}
   */
  confirm(question) {
    return new Promise((resolve) => {
      this.confirmation.value = { ...question, resolve };
    });
  }
}
