import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { codePoints, isInsideFence } from "../lib/text.js";
import { LIMIT } from "../protocol.generated.js";
import { lastOwnMessage } from "../store/selectors.js";
import { icon } from "./icon.js";

/** From here on the number of characters left is shown. */
const COUNTED_FROM = LIMIT.TEXT_MAX_CHARS - 500;

/**
 * Where one writes: into the open channel, or into a thread of it. It works without a connection too:
 * what is written then waits.
 */
class Composer extends SignalElement {
  static properties = {
    threadId: { attribute: false },
    length: { state: true },
    alsoToChannel: { state: true },
  };

  constructor() {
    super();
    /** @type {string | null} the root of the thread; null: the channel itself */
    this.threadId = null;
    this.length = 0;
    this.alsoToChannel = false;
    /** @type {string | null} */
    this.channelId = null;
    /** @type {string | null} */
    this.threadShown = null;
    this.wishesSeen = 0;
  }

  get #field() {
    return /** @type {HTMLTextAreaElement} */ (this.querySelector("textarea"));
  }

  render() {
    const channel = this.app.view.channel.value;
    this.app.view.openId.value;
    this.app.ui.composerWishes.value;
    this.app.ui.composerText.value;
    const isShut = this.app.view.link.value.phase === "ended";
    const left = LIMIT.TEXT_MAX_CHARS - this.length;
    const name = `${channel?.kind === "public" ? "#" : ""}${channel?.name ?? ""}`;
    const isReply = this.threadId !== null;
    const label = isReply ? t("Reply…") : t("Message {name}", { name });
    return html`
      <form
        class="composer"
        aria-label=${isReply ? t("Write a reply") : t("Write a message")}
        @submit=${this.#submit}
      >
        <textarea
          rows="1"
          aria-label=${label}
          placeholder=${label}
          enterkeyhint="send"
          ?disabled=${isShut}
          @keydown=${this.#onKey}
          @input=${this.#onInput}
        ></textarea>
        ${this.length > COUNTED_FROM
          ? html`<span class="composer-count" data-tone=${
            left < 0 ? "danger" : nothing
          } role="status">
            ${left}
          </span>`
          : nothing}
        <button class="composer-send" aria-label=${t("Send message")} ?disabled=${isShut ||
          this.length === 0 ||
          left < 0}>
          ${icon("send-horizontal")}
        </button>
        ${isReply
          ? html`
            <label class="composer-also">
              <input
                type="checkbox"
                .checked=${this.alsoToChannel}
                @change=${this.#onAlso}
              />
              <span>${channel?.kind === "dm"
                ? t("Also send to the conversation")
                : t("Also send to {name}", { name })}</span>
            </label>
          `
          : nothing}
      </form>
    `;
  }

  updated() {
    this.#followPlace();
    this.#followWishes();
  }

  #followPlace() {
    const channelId = this.app.view.openId.peek();
    if (channelId === this.channelId && this.threadId === this.threadShown) return;
    this.channelId = channelId;
    this.threadShown = this.threadId;
    this.alsoToChannel = false;
    this.#setText(channelId ? this.app.drafts.of(channelId, this.threadId) : "");
    // On a touch screen a focus would cover half of the messages with the keyboard.
    if (!isTouch() && !document.querySelector("dialog[open]")) this.#field.focus();
  }

  #followWishes() {
    const { composerText, composerWishes } = this.app.ui;
    if (composerWishes.peek() !== this.wishesSeen) {
      this.wishesSeen = composerWishes.peek();
      if (this.threadId === null) this.#field.focus();
    }
    const wish = composerText.peek();
    if (wish?.channelId !== this.channelId || wish?.threadId !== this.threadId) return;
    composerText.value = null;
    this.#setText([wish.text, this.#field.value].filter(Boolean).join("\n"));
    this.#field.focus();
  }

  /** @param {string} text */
  #setText(text) {
    this.#field.value = text;
    this.length = codePoints(text.trim());
    if (this.channelId) this.app.drafts.save(this.channelId, this.threadId, text);
  }

  /** @param {Event} event */
  #onAlso(event) {
    this.alsoToChannel = /** @type {HTMLInputElement} */ (event.target).checked;
  }

  #onInput() {
    const text = this.#field.value;
    this.length = codePoints(text.trim());
    if (!this.channelId) return;
    this.app.drafts.save(this.channelId, this.threadId, text);
    if (this.length > 0) this.app.typingNotice.typed(this.channelId, this.threadId);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const field = this.#field;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !isTouch()) {
      if (isInsideFence(field.value.slice(0, field.selectionStart)) && !event.ctrlKey) return;
      this.#submit(event);
    } else if (
      event.key === "ArrowUp" && !hasModifier(event) && field.value === "" && this.channelId &&
      this.threadId === null
    ) {
      const message = lastOwnMessage(this.app.store.state, this.channelId);
      if (!message) return;
      event.preventDefault();
      this.app.ui.editingId.value = message.id;
    }
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const text = this.#field.value.trim();
    if (!this.channelId || text === "" || codePoints(text) > LIMIT.TEXT_MAX_CHARS) return;
    const { channelId, threadId, alsoToChannel } = this;
    this.app.messages.post({ channelId, threadId, alsoToChannel, text });
    this.app.typingNotice.sent();
    if (threadId === null) this.app.places.jumpToLatest();
    this.alsoToChannel = false;
    this.#setText("");
    this.#field.focus();
  }
}

/** @param {KeyboardEvent} event */
function hasModifier(event) {
  return event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
}

function isTouch() {
  return matchMedia("(pointer: coarse)").matches;
}

customElements.define("parley-composer", Composer);
