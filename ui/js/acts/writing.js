/**
 * @import { Drafts } from "./drafts.js"
 * @import { Messages } from "./messages.js"
 * @import { Places } from "./places.js"
 * @import { Router } from "../router.js"
 * @import { TypingNotice } from "../session/typing_notice.js"
 * @import { Uploader } from "../session/uploader.js"
 * @import { Store } from "../store/store.js"
 * @import { UiState } from "../ui_state.js"
 */

import { t, tn } from "../lib/i18n.js";
import { codePoints } from "../lib/text.js";
import { LIMIT } from "../protocol.generated.js";
import { draftKey } from "../store/personal.js";
import { readiness, uploadsAt } from "../store/uploads.js";
import { callsMany } from "../store/writing.js";

/**
 * What stands in a composer.
 *
 * @typedef {object} Sheet
 * @property {string} channelId
 * @property {string | null} threadId
 * @property {string} text
 * @property {boolean} alsoToChannel
 */

/** Sending what was written, with all that goes along. */
export class Writing {
  #store;
  #ui;
  #router;
  #messages;
  #drafts;
  #places;
  #typingNotice;
  #uploader;

  /**
   * @param {object} parts
   * @param {Store} parts.store
   * @param {UiState} parts.ui
   * @param {Router} parts.router
   * @param {Messages} parts.messages
   * @param {Drafts} parts.drafts
   * @param {Places} parts.places
   * @param {TypingNotice} parts.typingNotice
   * @param {Uploader} parts.uploader
   */
  constructor({ store, ui, router, messages, drafts, places, typingNotice, uploader }) {
    this.#store = store;
    this.#ui = ui;
    this.#router = router;
    this.#messages = messages;
    this.#drafts = drafts;
    this.#places = places;
    this.#typingNotice = typingNotice;
    this.#uploader = uploader;
  }

  /** @param {Sheet} sheet */
  isSendable({ channelId, threadId, text }) {
    const ready = readiness(uploadsAt(this.#store.state, draftKey(channelId, threadId)));
    if (ready === "busy" || ready === "failed") return false;
    return codePoints(text) <= LIMIT.TEXT_MAX_CHARS && (text !== "" || ready === "ready");
  }

  /**
   * @param {Sheet} sheet
   * @returns {Promise<boolean>} whether it went: then nothing is left to write
   */
  async send(sheet) {
    if (!this.isSendable(sheet)) return false;
    const { channelId, threadId, alsoToChannel, text } = sheet;
    const isConfirmed = this.#mustAsk(sheet);
    if (isConfirmed && !(await this.#ask(channelId))) return false;
    const quote = this.#takeQuote(sheet);
    const files = this.#uploader.take(draftKey(channelId, threadId));
    this.#messages.post({ channelId, threadId, alsoToChannel, text, files, quote, isConfirmed });
    this.#drafts.sent(channelId, threadId);
    this.#typingNotice.sent();
    if (threadId === null) this.#places.jumpToLatest();
    return true;
  }

  /**
   * @param {string} channelId
   * @param {string | null} threadId
   * @param {File[]} files
   */
  attach(channelId, threadId, files) {
    const excess = this.#uploader.add(draftKey(channelId, threadId), files);
    if (excess > 0) {
      const count = LIMIT.FILES_PER_MESSAGE;
      this.#ui.say(t("One message carries {count} files. The others were left out.", { count }));
    }
  }

  /** @param {Sheet} sheet */
  #mustAsk({ channelId, text }) {
    const channel = this.#store.state.channels[channelId];
    return channel !== undefined && callsMany(text, channel);
  }

  /** @param {string} channelId */
  #ask(channelId) {
    const count = this.#store.state.channels[channelId]?.member_count ?? 0;
    return this.#ui.confirm({
      title: t("Call everyone?"),
      text: tn(
        "This notifies one person, wherever they are.",
        "This notifies {count} people, wherever they are.",
        count,
      ),
      action: t("Send and notify"),
      tone: "primary",
    });
  }

  /**
   * What is quoted where somebody writes.
   *
   * @param {string} channelId
   * @param {string | null} threadId
   */
  quoteAt(channelId, threadId) {
    const quoted = this.#ui.quoting.value;
    if (quoted?.channel_id !== channelId) return null;
    // A reply is answered in its thread where that is open, else in the channel.
    const openId = this.#router.route.value.threadId;
    const isReply = quoted.thread_id !== null && quoted.thread_id === openId;
    return threadId === (isReply ? openId : null) ? quoted : null;
  }

  /** @param {Sheet} sheet */
  #takeQuote({ channelId, threadId }) {
    const quoted = this.quoteAt(channelId, threadId);
    if (!quoted) return null;
    this.#ui.quoting.value = null;
    const { id, channel_id, seq, author_id } = quoted;
    return { message_id: id, channel_id, seq, author_id };
  }
}
