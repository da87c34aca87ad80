/**
 * Another message shown inside a row: the one that it quotes, or the root of the thread that it stands
 * in. Its text is asked for, and what one may not see is not shown.
 *
 * @import { ReadonlySignal } from "@preact/signals-core"
 * @import { Message, Quote } from "../protocol.generated.d.ts"
 */

import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { plainText } from "../lib/text.js";
import { clockTime, fullTime } from "../lib/time.js";
import { messagePath, pathOf, threadRoute } from "../router.js";
import { quotedMessage } from "../store/quoted.js";
import { displayName } from "../store/selectors.js";
import { icon } from "./icon.js";

/** A few words tell which thread it was. */
const SNIPPET_CHARS = 120;

/** Looks at one message that may have to be fetched first. */
class ShownMessage extends SignalElement {
  constructor() {
    super();
    /** @type {ReadonlySignal<Message | null | undefined>} */
    this.known;
  }

  /** @returns {Pick<Quote, "channel_id" | "message_id">} */
  get wanted() {
    throw new Error("It says which message it shows.");
  }

  connectedCallback() {
    const { store, loader } = this.app;
    const { wanted } = this;
    this.known = store.select((state) => quotedMessage(state, wanted));
    super.connectedCallback();
    loader.quoted(wanted);
  }
}

/** Up to three lines of what a message answers. */
class QuotedMessage extends ShownMessage {
  static properties = { quote: { attribute: false } };

  constructor() {
    super();
    /** @type {Quote} */
    this.quote;
  }

  get wanted() {
    return this.quote;
  }

  render() {
    const { quote } = this;
    const message = this.known.value;
    if (message === null) return html`<p class="quote" data-state="hidden">${gone()}</p>`;
    const author = displayName(this.app.view.users.value, quote.author_id);
    return html`
      <blockquote class="quote">
        <p class="quote-by">
          <b>${message?.sender_name || author}</b>${message ? this.#time(message) : nothing}
        </p>
        <p class="quote-text" dir="auto">${message ? words(message) : "\u00a0"}</p>
      </blockquote>
    `;
  }

  /** @param {Message} message */
  #time(message) {
    const { created_at } = message;
    return html`
      <a href=${messagePath(message)}
        aria-label=${t("Go to the quoted message, {when}", {
          when: fullTime(created_at),
        })}><time datetime=${created_at} title=${fullTime(created_at)}>${clockTime(
          created_at,
        )}</time></a>
    `;
  }
}

/** Says of a reply that also stands in the channel where it comes from. */
class ThreadOrigin extends ShownMessage {
  static properties = { reply: { attribute: false } };

  constructor() {
    super();
    /** @type {Pick<Message, "channel_id" | "thread_id"> & { seq: number | null }} */
    this.reply;
  }

  get wanted() {
    const { channel_id, thread_id } = this.reply;
    return { channel_id, message_id: thread_id ?? "" };
  }

  render() {
    const root = this.known.value;
    const { channel_id, thread_id, seq } = this.reply;
    if (thread_id === null) return nothing;
    return html`
      <a class="thread-origin" href=${pathOf(threadRoute(channel_id, thread_id, seq))}>
        ${icon("corner-down-right")}<span>${root
          ? t("replied to a thread: {snippet}", { snippet: words(root).slice(0, SNIPPET_CHARS) })
          : t("replied to a thread")}</span>
      </a>
    `;
  }
}

/** @param {Message} message */
function words(message) {
  if (message.deleted_at !== null) return t("This message was deleted.");
  return plainText(message.text) || message.files.map(({ name }) => name).join(", ");
}

function gone() {
  return t("A message that you cannot see");
}

customElements.define("parley-quote", QuotedMessage);
customElements.define("parley-thread-origin", ThreadOrigin);
