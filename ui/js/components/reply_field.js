/** @import { Message } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { isTouch } from "../lib/touch.js";
import { SignalElement } from "../lib/signal_element.js";
import { codePoints } from "../lib/text.js";
import { LIMIT } from "../protocol.generated.js";
import { pathOf, threadRoute } from "../router.js";
import { icon } from "./icon.js";

/** A short answer into a thread, from a list. For more there is the thread itself. */
class ReplyField extends SignalElement {
  static properties = { root: { attribute: false }, length: { state: true } };

  constructor() {
    super();
    /** @type {Message} */
    this.root;
    this.length = 0;
  }

  firstUpdated() {
    const draft = this.app.drafts.of(this.root.channel_id, this.root.id);
    if (draft === "") return;
    this.#field.value = draft;
    this.length = codePoints(draft.trim());
  }

  get #field() {
    return /** @type {HTMLTextAreaElement} */ (this.querySelector("textarea"));
  }

  render() {
    const waiting = this.app.view.outbox.value.filter((entry) =>
      entry.thread_id === this.root.id && entry.phase !== "sent"
    );
    const hasFailed = waiting.some(({ phase }) => phase === "failed");
    const isTooLong = this.length > LIMIT.TEXT_MAX_CHARS;
    const open = pathOf(threadRoute(this.root.channel_id, this.root.id));
    return html`
      ${waiting.length === 0 ? nothing : html`
        <p class="reply-waiting" role="status" data-tone=${hasFailed ? "danger" : nothing}>
          ${hasFailed ? t("A reply was not sent.") : t("Sending…")}
          ${hasFailed ? html`<a href=${open}>${t("Open the thread")}</a>` : nothing}
        </p>
      `}
      <form class="reply-field" @submit=${this.#submit}>
        <textarea
          rows="1"
          aria-label=${t("Reply…")}
          placeholder=${t("Reply…")}
          aria-invalid=${isTooLong ? "true" : nothing}
          @input=${this.#onInput}
          @keydown=${this.#onKey}
        ></textarea>
        <button
          class="icon-button"
          aria-label=${t("Send reply")}
          title=${t("Send reply")}
          ?disabled=${this.length === 0 || isTooLong}
        >${icon("send-horizontal")}</button>
      </form>
    `;
  }

  #onInput() {
    const text = this.#field.value;
    this.length = codePoints(text.trim());
    this.app.drafts.save(this.root.channel_id, this.root.id, text);
    if (this.length > 0) this.app.typingNotice.typed(this.root.channel_id, this.root.id);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key !== "Enter" || event.isComposing || event.altKey) return;
    const entersSend = this.app.view.entersSend.peek() && !isTouch();
    const isSent = event.ctrlKey || event.metaKey || (entersSend && !event.shiftKey);
    if (isSent) this.#submit(event);
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const text = this.#field.value.trim();
    if (text === "" || codePoints(text) > LIMIT.TEXT_MAX_CHARS) return;
    this.app.messages.post({ channelId: this.root.channel_id, threadId: this.root.id, text });
    this.app.typingNotice.sent();
    this.#field.value = "";
    this.#onInput();
  }
}

customElements.define("parley-reply-field", ReplyField);
