/**
 * @import { Edit } from "../lib/edit_field.js"
 * @import { ChannelView } from "../protocol.generated.d.ts"
 * @import { Format } from "./format_bar.js"
 * @import { Completion } from "./completion.js"
 */

import { html, nothing } from "lit";
import { bringsFiles, copiedFiles } from "../lib/clipboard.js";
import { applyEdit } from "../lib/edit_field.js";
import { emojiText } from "../lib/emoji.js";
import { t } from "../lib/i18n.js";
import { continueLine, indent, isAddress, link } from "../lib/markdown_edit.js";
import { everyday } from "../lib/parts.js";
import { isTouch } from "../lib/touch.js";
import { SignalElement } from "../lib/signal_element.js";
import { codePoints, isInsideFence } from "../lib/text.js";
import { LIMIT } from "../protocol.generated.js";
import { draftKey } from "../store/personal.js";
import { lastOwnMessage } from "../store/selectors.js";
import { progressOf, readiness } from "../store/uploads.js";
import { whyClosed } from "../store/writing.js";
import { closedLine, lengthLine, quoteLine } from "./composer_lines.js";
import { icon } from "./icon.js";

/** After these something can be completed; what does so is loaded then. */
const COMPLETED = /(^|[^\p{L}\p{N}])[@#:][^\s@#]*$|^\/[a-z]*$/u;

const MAYBE_COMMAND = /^\/[a-z]+(\s|$)/;

/**
 * Where one writes: into the open channel, or into a thread of it. It works without a connection too:
 * what is written then waits.
 */
class Composer extends SignalElement {
  static properties = {
    threadId: { attribute: false },
    alsoToChannel: { state: true },
    completion: { state: true },
  };

  constructor() {
    super();
    /** @type {string | null} the root of the thread; null: the channel itself */
    this.threadId = null;
    this.alsoToChannel = false;
    /** @type {typeof Completion | null} once it was needed */
    this.completion = null;
    /** What stands in the field belongs there. */
    this.keyShown = "";
    this.composerWishesSeen = -1;
    this.uploadWishesSeen = -1;
    this.isSending = false;
    this.pastesPlainly = false;
    this.addEventListener("parley-files", (event) => {
      this.#attach(/** @type {CustomEvent<File[]>} */ (event).detail);
    });
  }

  get #field() {
    return /** @type {HTMLTextAreaElement | null} */ (this.querySelector("textarea"));
  }

  get #completion() {
    return /** @type {Completion | null} */ (this.querySelector("parley-completion"));
  }

  get #channelId() {
    return this.app.view.openId.peek();
  }

  get #key() {
    const channelId = this.#channelId;
    return channelId === null ? "" : draftKey(channelId, this.threadId);
  }

  render() {
    const { view, ui } = this.app;
    const channel = view.channel.value;
    ui.composerWishes.value;
    ui.composerText.value;
    ui.uploadWishes.value;
    if (!channel?.membership) return nothing;
    const isReply = this.threadId !== null;
    const closed = whyClosed(channel, {
      me: view.me.value,
      users: channel.kind === "dm" ? view.users.value : {},
      isReply,
    });
    this.toggleAttribute("data-open", closed === null);
    this.dataset.place = isReply ? "" : nameOf(channel);
    return closed === null ? this.#open(channel) : closedLine(closed);
  }

  /** @param {ChannelView} channel */
  #open(channel) {
    const { view, ui } = this.app;
    const isReply = this.threadId !== null;
    const isShut = view.link.value.phase === "ended";
    const uploads = view.uploads.value[this.#key] ?? [];
    const text = (view.drafts.value[this.#key] ?? "").trim();
    const label = isReply ? t("Reply…") : t("Message {name}", { name: nameOf(channel) });
    const quoted = this.app.writing.quoteAt(channel.id, this.threadId);
    return html`
      <form
        class="composer"
        aria-label=${isReply ? t("Write a reply") : t("Write a message")}
        @submit=${this.#submit}
      >
        ${quoted
          ? quoteLine(quoted, view.users.value[quoted.author_id], () => {
            ui.quoting.value = null;
            this.#field?.focus();
          })
          : nothing}
        ${this.app.parts.value?.uploadTray(uploads, {
          onRemove: (/** @type {string} */ id) => {
            this.app.uploader.remove(this.#key, id);
            this.#field?.focus();
          },
          onRetry: (/** @type {string} */ id) => this.app.uploader.retry(this.#key, id),
        })}
        ${ui.isFormatting.value
          ? this.app.parts.value?.formatting.formatBar(
            (/** @type {Format} */ format) => this.#format(format),
          )
          : nothing}
        <textarea
          rows="1"
          dir="auto"
          aria-label=${label}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          placeholder=${label}
          enterkeyhint=${isTouch() ? "enter" : "send"}
          ?disabled=${isShut}
          @keydown=${this.#onKey}
          @input=${this.#onInput}
          @paste=${this.#onPaste}
          @click=${() => this.#completion?.look()}
          @blur=${() => this.#completion?.close()}
        ></textarea>
        ${lengthLine(codePoints(text), () => this.#sendAsFile())} ${this.#tools(
          channel,
          text,
          isShut,
        )} ${this.completion
          ? html`
            <parley-completion
              .app=${this.app}
              .field=${this.#field}
              .threadId=${this.threadId}
            ></parley-completion>
          `
          : nothing}
      </form>
    `;
  }

  /**
   * @param {ChannelView} channel
   * @param {string} text
   * @param {boolean} isShut
   */
  #tools(channel, text, isShut) {
    const { ui, view } = this.app;
    const isFormatting = ui.isFormatting.value;
    return html`
      <div class="composer-tools">
        <input
          type="file"
          multiple
          hidden
          @change=${this.#onChosen}
        >
        <button
          type="button"
          class="icon-button"
          aria-label=${t("Attach files")}
          title=${t("Attach files")}
          ?disabled=${isShut}
          @click=${() => this.#chooseFiles()}
        >${icon("paperclip")}</button>
        <button
          type="button"
          class="icon-button"
          aria-label=${t("Emoji")}
          title=${t("Emoji")}
          ?disabled=${isShut}
          @click=${this.#pickEmoji}
        >${icon("smile")}</button>
        <button
          type="button"
          class="icon-button"
          aria-label=${t("Mention someone")}
          title=${t("Mention someone")}
          ?disabled=${isShut}
          @click=${() => this.#type("@")}
        >${icon("at-sign")}</button>
        <button
          type="button"
          class="icon-button"
          aria-label=${t("Formatting")}
          aria-pressed=${isFormatting ? "true" : "false"}
          title=${isFormatting ? t("Hide formatting") : t("Show formatting")}
          @click=${() => ui.isFormatting.value = !isFormatting}
        >${icon("a-large-small")}</button>
        ${this.threadId === null ? html`<span class="composer-gap"></span>` : this.#also(channel)}
        ${this.#sendButton(view.uploads.value[this.#key] ?? [], text, isShut)}
      </div>
    `;
  }

  /** @param {ChannelView} channel */
  #also(channel) {
    return html`
      <label class="composer-also">
        <input
          type="checkbox"
          .checked=${this.alsoToChannel}
          @change=${(/** @type {Event} */ event) => {
            this.alsoToChannel = /** @type {HTMLInputElement} */ (event.target).checked;
          }}
        >
        <span>${channel.kind === "dm"
          ? t("Also send to the conversation")
          : t("Also send to {name}", { name: nameOf(channel) })}</span>
      </label>
    `;
  }

  /**
   * @param {import("../store/uploads.js").Upload[]} uploads
   * @param {string} text
   * @param {boolean} isShut
   */
  #sendButton(uploads, text, isShut) {
    const ready = readiness(uploads);
    const isTooLong = codePoints(text) > LIMIT.TEXT_MAX_CHARS;
    const isEmpty = text === "" && ready === "none";
    const why = isShut
      ? t("You are signed out")
      : isTooLong
      ? t("The message is too long")
      : ready === "failed"
      ? t("Remove what was not uploaded, or try it again")
      : ready === "busy"
      ? t("Uploading… {percent} %", { percent: Math.floor(100 * progressOf(uploads)) })
      : "";
    const label = t("Send message");
    return html`
      ${ready === "busy" ? html`<span class="composer-wait">${why}</span>` : nothing}
      <button
        class="composer-send"
        aria-label=${label}
        title=${why || label}
        aria-description=${why || nothing}
        ?disabled=${isEmpty || why !== ""}
      >${icon("send-horizontal")}</button>
    `;
  }

  updated() {
    const field = this.#field;
    if (!field) {
      this.keyShown = "";
      return;
    }
    this.#followDraft(field);
    this.#followWishes(field);
    grow(field);
  }

  /** @param {HTMLTextAreaElement} field */
  #followDraft(field) {
    const key = this.#key;
    const draft = this.app.store.state.drafts[key] ?? "";
    const isArrival = key !== this.keyShown;
    // Another device may have written on; while one writes here, the two are always the same.
    if (field.value !== draft) {
      const isAtEnd = field.selectionStart === field.value.length;
      field.value = draft;
      if (isAtEnd || isArrival) field.setSelectionRange(draft.length, draft.length);
    }
    if (!isArrival) return;
    this.keyShown = key;
    this.alsoToChannel = false;
    this.#completion?.close();
    // On a touch screen a focus would cover half of the messages with the keyboard.
    if (!isTouch() && !document.querySelector("dialog[open]")) field.focus();
  }

  /** @param {HTMLTextAreaElement} field */
  #followWishes(field) {
    const { composerText, composerWishes, uploadWishes, quoting } = this.app.ui;
    const isMine = this.#isMeant();
    if (composerWishes.peek() !== this.composerWishesSeen) {
      const isFirst = this.composerWishesSeen === -1;
      this.composerWishesSeen = composerWishes.peek();
      if (!isFirst && isMine) field.focus();
    }
    if (uploadWishes.peek() !== this.uploadWishesSeen) {
      const isFirst = this.uploadWishesSeen === -1;
      this.uploadWishesSeen = uploadWishes.peek();
      if (!isFirst && isMine) this.#chooseFiles();
    }
    const wish = composerText.peek();
    const channelId = this.#channelId;
    if (!wish || wish.channelId !== channelId || wish.threadId !== this.threadId) return;
    composerText.value = null;
    this.#save([wish.text, field.value].filter(Boolean).join("\n"));
    this.app.uploader.adopt(this.#key, wish.files ?? []);
    if (wish.quote) {
      const { message_id, ...quote } = wish.quote;
      quoting.value = { id: message_id, text: "", thread_id: this.threadId, ...quote };
    }
    field.focus();
  }

  /** Of two composers the one is meant in which somebody is; else that of the channel. */
  #isMeant() {
    const active = document.activeElement?.closest("parley-composer");
    return active ? active === this : this.threadId === null;
  }

  /** @param {string} text */
  #save(text) {
    const channelId = this.#channelId;
    if (channelId !== null) this.app.drafts.save(channelId, this.threadId, text);
  }

  #onInput() {
    const field = this.#field;
    const channelId = this.#channelId;
    if (!field || channelId === null) return;
    this.#save(field.value);
    if (field.value.trim() !== "") this.app.typingNotice.typed(channelId, this.threadId);
    grow(field);
    this.#complete(field);
  }

  /** @param {HTMLTextAreaElement} field */
  async #complete(field) {
    if (!this.completion) {
      if (!COMPLETED.test(field.value.slice(0, field.selectionStart))) return;
      try {
        this.completion = (await everyday()).Completion;
      } catch {
        // One can write without.
        return;
      }
      await this.updateComplete;
    }
    this.#completion?.look();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const field = this.#field;
    // 229: an input method has it. Safari says so after it has said that it is over.
    if (!field || event.isComposing || event.keyCode === 229) return;
    this.pastesPlainly = event.shiftKey && event.code === "KeyV";
    if (this.#completion?.press(event)) return;
    const format = this.app.parts.peek()?.formatting.formatOf(event);
    if (format) {
      event.preventDefault();
      this.#format(format);
    } else if (event.key === "Enter") {
      this.#enter(event, field);
    } else if (event.key === "Tab") {
      this.#tab(event, field);
    } else if (event.key === "Escape") {
      this.#escape(event);
    } else if (event.key === "ArrowUp" && !hasModifier(event) && field.value === "") {
      this.#editLast(event);
    }
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLTextAreaElement} field
   */
  #enter(event, field) {
    const isInCode = isInsideFence(field.value.slice(0, field.selectionStart));
    const entersSend = this.app.view.entersSend.peek() && !isTouch() && !isInCode;
    const isSend = event.ctrlKey || event.metaKey || (entersSend && !event.shiftKey);
    if (isSend && !event.altKey) {
      this.#submit(event);
      return;
    }
    const edit = isInCode ? null : continueLine(selectionOf(field));
    if (!edit) return;
    event.preventDefault();
    this.#apply(edit);
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLTextAreaElement} field
   */
  #tab(event, field) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    // Elsewhere Tab goes on to the next control, as everywhere.
    if (!isInsideFence(field.value.slice(0, field.selectionStart))) return;
    const edit = indent(selectionOf(field), { isBack: event.shiftKey });
    event.preventDefault();
    this.#apply(edit);
  }

  /** @param {KeyboardEvent} event */
  #escape(event) {
    const channelId = this.#channelId;
    if (channelId === null || !this.app.writing.quoteAt(channelId, this.threadId)) return;
    event.preventDefault();
    this.app.ui.quoting.value = null;
  }

  /** @param {KeyboardEvent} event */
  #editLast(event) {
    const channelId = this.#channelId;
    if (channelId === null || this.threadId !== null) return;
    const message = lastOwnMessage(this.app.store.state, channelId);
    if (!message) return;
    event.preventDefault();
    this.app.ui.editingId.value = message.id;
  }

  /** @param {ClipboardEvent} event */
  #onPaste(event) {
    const field = this.#field;
    const data = event.clipboardData;
    if (!field || !data) return;
    const files = bringsFiles(data) ? copiedFiles(data, new Date()) : [];
    const plain = data.getData("text/plain");
    if (files.length > 0) {
      event.preventDefault();
      this.#attach(files);
    } else if (field.selectionStart !== field.selectionEnd && isAddress(plain.trim())) {
      event.preventDefault();
      this.#apply(link(selectionOf(field), plain.trim()));
    } else if (!this.pastesPlainly && !isInsideFence(field.value.slice(0, field.selectionStart))) {
      this.#pasteRich(event, data.getData("text/html"), plain);
    }
  }

  /**
   * @param {ClipboardEvent} event
   * @param {string} rich
   * @param {string} plain
   */
  async #pasteRich(event, rich, plain) {
    if (!/<(b|strong|i|em|del|s|a|code|pre|ul|ol|blockquote|h[1-6])[\s>]/i.test(rich)) return;
    event.preventDefault();
    const text = await everyday().then(
      ({ markdownOf }) => markdownOf(rich),
      () => null,
    );
    const field = this.#field;
    if (field) this.#apply({ ...selectionOf(field), text: text || plain });
  }

  /** @param {Format} format */
  #format(format) {
    const field = this.#field;
    if (field) this.#apply(format.change(selectionOf(field)));
  }

  /**
   * As if somebody typed it: what it completes opens.
   *
   * @param {string} text
   */
  #type(text) {
    const field = this.#field;
    if (!field) return;
    const before = field.value.slice(0, field.selectionStart);
    const gap = before === "" || /[\s\p{Emoji_Presentation}]$/u.test(before) ? "" : " ";
    this.#apply({ from: field.selectionStart, to: field.selectionEnd, text: gap + text });
  }

  /** @param {Edit} edit */
  #apply(edit) {
    const field = this.#field;
    if (field) applyEdit(field, edit);
  }

  /** @param {Event} event */
  async #pickEmoji(event) {
    const emoji = await this.app.ui.pickEmoji(/** @type {Element} */ (event.currentTarget));
    const field = this.#field;
    if (!field) return;
    if (emoji === null) field.focus();
    else {
      this.app.emojiUse.used(emoji);
      this.#type(emojiText(emoji));
    }
  }

  #chooseFiles() {
    /** @type {HTMLInputElement | null} */ (this.querySelector("input[type=file]"))?.click();
  }

  /** @param {Event} event */
  #onChosen(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    this.#attach([...(input.files ?? [])]);
    // The same file can be chosen again.
    input.value = "";
  }

  /** @param {File[]} files */
  #attach(files) {
    const channelId = this.#channelId;
    if (channelId === null || files.length === 0) return;
    this.app.writing.attach(channelId, this.threadId, files);
    if (!isTouch()) this.#field?.focus();
  }

  #sendAsFile() {
    const field = this.#field;
    if (!field) return;
    this.#attach([new File([field.value], "text.txt", { type: "text/plain" })]);
    this.#save("");
    field.focus();
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    const field = this.#field;
    const channelId = this.#channelId;
    if (!field || channelId === null || this.isSending) return;
    this.#completion?.close();
    this.isSending = true;
    const { threadId, alsoToChannel } = this;
    const text = field.value.trim();
    try {
      if (MAYBE_COMMAND.test(text) && !(await this.#isText(text))) return;
      const hasGone = await this.app.writing.send({ channelId, threadId, alsoToChannel, text });
      if (hasGone) this.alsoToChannel = false;
    } finally {
      this.isSending = false;
    }
    this.#field?.focus();
  }

  /**
   * Do it when it is a command.
   *
   * @param {string} text
   */
  async #isText(text) {
    const channel = this.app.view.channel.peek();
    if (!channel) return false;
    const { threadId } = this;
    /** @type {typeof import("../acts/commands.js")} */
    let commands;
    try {
      ({ commands } = await everyday());
    } catch {
      this.app.ui.say(t("Commands need a connection."));
      return false;
    }
    const outcome = await commands.obey(this.app, { channel, threadId, text });
    if (outcome === "done") this.app.drafts.sent(channel.id, threadId);
    return outcome === "text";
  }
}

/** @param {ChannelView} channel */
function nameOf({ kind, name }) {
  return kind === "public" ? `#${name}` : name;
}

/** @param {HTMLTextAreaElement} field */
function selectionOf(field) {
  return { text: field.value, from: field.selectionStart, to: field.selectionEnd };
}

/**
 * The style sheet does it where browsers can.
 *
 * @param {HTMLTextAreaElement} field
 */
function grow(field) {
  if (CSS.supports("field-sizing", "content")) return;
  field.style.setProperty("height", "auto");
  field.style.setProperty("height", `${field.scrollHeight}px`);
}

/** @param {KeyboardEvent} event */
function hasModifier(event) {
  return event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
}

customElements.define("parley-composer", Composer);
