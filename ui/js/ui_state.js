import { signal } from "@preact/signals-core";
import { t } from "./lib/i18n.js";
import { isReplaced } from "./lib/offline.js";
import { dayOf } from "./lib/time.js";

/** @import { File, Message, Quote } from "./protocol.generated.d.ts" */

/**
 * @template Value
 * @typedef {import("@preact/signals-core").Signal<Value>} Signal
 */

/**
 * A window over the page. The names are those of `components/dialogs.js`.
 *
 * @typedef {object} OpenDialog
 * @property {import("./components/dialogs.js").DialogName} name
 * @property {string} [subject] what it is about: the id of a channel, the name of a tab …
 */

/**
 * What stands beside the channel. A thread has an address and is no panel.
 *
 * @typedef {{ kind: "people", lookedAt?: string } | { kind: "person", userId: string, back?: Panel }
 *   | { kind: "pins" } | { kind: "files" } | { kind: "details" }} Panel
 */

/** @typedef {"" | "missing" | "unreachable"} PlaceProblem why the address shows nothing */

/**
 * A question with two answers.
 *
 * @typedef {object} Confirmation
 * @property {string} title
 * @property {string} text
 * @property {string} action the word on the button that does it
 * @property {"danger" | "primary"} [tone]
 * @property {(isConfirmed: boolean) => void} resolve
 */

/**
 * Somebody wants an emoji.
 *
 * @typedef {object} EmojiWish
 * @property {Element} from what the picker opens beside
 * @property {(emoji: string | null) => void} resolve the character, or the name of a custom one
 */

/**
 * The row that stood at the top of a channel, so far below the edge.
 *
 * @typedef {object} Position
 * @property {number} generation of the timeline
 * @property {string} key
 * @property {number} top
 * @property {boolean} [isReturn] somebody comes back to it: it counts more than what is new
 */

/**
 * Somebody wants to see what can be done with a message.
 *
 * @typedef {object} MenuWish
 * @property {import("./acts/message_acts.js").Subject} subject
 * @property {Element} from what the menu opens beside
 */

/**
 * What a composer shall take up, as from a message that could not be sent.
 *
 * @typedef {object} ComposerText
 * @property {string} channelId
 * @property {string | null} threadId
 * @property {string} text
 * @property {File[]} [files]
 * @property {Quote | null} [quote]
 */

/**
 * What is known of a message that is quoted.
 *
 * @typedef {Pick<Message, "id" | "channel_id" | "seq" | "author_id" | "thread_id" | "text">} Quoted
 */

/**
 * A menu of the sidebar, and what it opens beside.
 *
 * @typedef {object} SideMenu
 * @property {"channel" | "section" | "workspace"} kind
 * @property {string} id of the channel or section
 * @property {HTMLElement} from
 */

const NOTICE_MS = 6_000;

/** What is open on the screen. Nothing of it outlives the page. */
export class UiState {
  /** @type {Signal<OpenDialog | null>} */
  dialog = signal(null);
  /** @type {Signal<Confirmation | null>} */
  confirmation = signal(null);
  /** @type {Signal<EmojiWish | null>} */
  emojiWish = signal(null);
  /** @type {Signal<string>} */
  notice = signal("");
  /** @type {Map<string, Position>} channel → where its reader was */
  positions = new Map();
  /** @type {Signal<string | null>} the message being changed */
  editingId = signal(null);
  /** @type {Signal<MenuWish | null>} */
  menuWish = signal(null);
  /** @type {Signal<{ message: Message, fileId: string } | null>} the picture that is looked at */
  shownPicture = signal(null);
  /** @type {Signal<Panel | null>} */
  panel = signal(null);
  /** @type {Signal<PlaceProblem>} */
  placeProblem = signal("");
  /** @type {Signal<PlaceProblem>} why the open thread cannot be shown */
  threadProblem = signal("");
  /** Counts the wishes to see the end of the timeline. */
  endWishes = signal(0);
  /** Counts the wishes to see the end of the open thread. */
  threadEndWishes = signal(0);
  /** Counts the wishes to write. */
  composerWishes = signal(0);
  /** @type {Signal<ComposerText | null>} */
  composerText = signal(null);
  /** @type {Signal<Quoted | null>} what the next message answers, where it is written beside it */
  quoting = signal(null);
  /** Whether the buttons for formatting are shown. */
  isFormatting = signal(false);
  /** Counts the wishes to choose files. */
  uploadWishes = signal(0);
  /** @type {Signal<SideMenu | null>} */
  sideMenu = signal(null);
  /** @type {Signal<ReadonlySet<string>>} groups of the sidebar of which only what is unread stands there */
  foldedGroups = signal(new Set());
  /** Whether the server has a newer window than this one. */
  isOutdated = signal(false);
  today = signal(dayOf(Date.now()));
  /** The minute that it is, for what goes by the clock. */
  minute = signal(Date.now());
  isWide = signal(true);

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #noticeTimer;

  /** @type {Element | null} what had the focus when the panel came */
  #panelOpener = null;

  constructor() {
    const wide = matchMedia("(width >= 720px)");
    this.isWide.value = wide.matches;
    wide.addEventListener("change", () => this.isWide.value = wide.matches);
    this.#tick();
  }

  /**
   * @param {OpenDialog["name"]} name
   * @param {string} [subject]
   */
  openDialog(name, subject) {
    this.dialog.value = subject === undefined ? { name } : { name, subject };
  }

  /**
   * Open a panel, or close it when it is what is open.
   *
   * @param {Panel} panel
   */
  togglePanel(panel) {
    const open = this.panel.value;
    const isOpen = open?.kind === panel.kind &&
      (open.kind !== "person" || panel.kind !== "person" || open.userId === panel.userId);
    if (isOpen) return this.closePanel();
    if (open === null) this.#panelOpener = document.activeElement;
    this.panel.value = panel;
  }

  /** Close what stands beside the channel, and go back to what opened it. */
  closePanel() {
    this.panel.value = null;
    if (this.#panelOpener instanceof HTMLElement && this.#panelOpener.isConnected) {
      this.#panelOpener.focus();
    }
    this.#panelOpener = null;
  }

  /** @param {string} key of a group of the sidebar */
  toggleGroup(key) {
    const folded = new Set(this.foldedGroups.value);
    if (!folded.delete(key)) folded.add(key);
    this.foldedGroups.value = folded;
  }

  /** @param {string} text */
  say(text) {
    this.notice.value = text;
    clearTimeout(this.#noticeTimer);
    this.#noticeTimer = setTimeout(() => this.notice.value = "", NOTICE_MS);
  }

  /** A part of the page that is loaded when it is opened did not come. Say why. */
  async missPart() {
    if (await isReplaced()) this.isOutdated.value = true;
    else this.say(t("This could not be opened. Is there a connection?"));
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

  /**
   * @param {Element} from what the picker opens beside
   * @returns {Promise<string | null>} null: none after all
   */
  pickEmoji(from) {
    this.emojiWish.value?.resolve(null);
    return new Promise((resolve) => {
      this.emojiWish.value = { from, resolve };
    });
  }

  /** Once a minute, when the clock on the wall goes on. */
  #tick() {
    const now = Date.now();
    this.minute.value = now;
    this.today.value = dayOf(now);
    setTimeout(() => this.#tick(), 60_000 - now % 60_000 + 50);
  }
}
