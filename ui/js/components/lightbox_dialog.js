/**
 * @import { File, Message } from "../protocol.generated.d.ts"
 */

import { html, nothing } from "lit";
import { filePath, fileSize, isPicture } from "../lib/files.js";
import { t } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { fullTime } from "../lib/time.js";
import { channelRoute, threadRoute } from "../router.js";
import { displayName } from "../store/selectors.js";
import { isInChannel } from "../store/timeline.js";
import { icon } from "./icon.js";

/** How much larger it can become. */
const ZOOMS = [1, 1.5, 2, 3, 4];

/** @typedef {{ file: File, message: Message }} Shown */

/** The pictures of a channel, one at a time and as large as the window. */
class LightboxDialog extends SignalElement {
  static properties = { fileId: { state: true }, zoom: { state: true } };

  constructor() {
    super();
    this.fileId = "";
    this.zoom = 0;
  }

  get #dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector("dialog"));
  }

  willUpdate() {
    if (!this.hasUpdated) this.fileId = this.app.ui.shownPicture.peek()?.fileId ?? "";
  }

  firstUpdated() {
    this.opened = this.app.ui.dialog.peek();
    this.#dialog.showModal();
  }

  /** Those of the open channel that are loaded, in their order, with the one that was asked for. */
  get #pictures() {
    const { view, ui } = this.app;
    const asked = ui.shownPicture.value?.message;
    const messages = view.timeline.value?.messages ?? [];
    const isLoaded = messages.some(({ id }) => id === asked?.id);
    const all = asked && !isLoaded ? [asked] : messages;
    return all.flatMap((message) =>
      message.files.filter(isPicture).map((file) => ({ file, message }))
    );
  }

  render() {
    const pictures = this.#pictures;
    const at = pictures.findIndex(({ file }) => file.id === this.fileId);
    const shown = pictures[at];
    return html`
      <dialog
        class="lightbox"
        aria-label=${shown?.file.name ?? t("Picture")}
        @close=${this.#onClose}
        @keydown=${this.#onKey}
      >${shown ? this.#picture(shown, at, pictures) : html`
        <p class="lightbox-gone">${t("This picture is no longer there.")}</p>
        <button type="button" class="button" @click=${this.#close}>${t("Close")}</button>
      `}</dialog>
    `;
  }

  updated() {
    const zoom = ZOOMS[this.zoom] ?? 1;
    const picture = /** @type {HTMLElement | null} */ (this.querySelector(".lightbox-picture"));
    picture?.style.setProperty("--zoom", String(zoom));
  }

  /**
   * @param {Shown} shown
   * @param {number} at
   * @param {Shown[]} pictures
   */
  #picture({ file, message }, at, pictures) {
    const { view } = this.app;
    const author = message.sender_name || displayName(view.users.value, message.author_id);
    return html`
      <header class="lightbox-bar">
        <p class="lightbox-what">
          <b>${file.name}</b>
          <span>${author} · <time datetime=${message.created_at}>${fullTime(
            message.created_at,
          )}</time>
            · ${fileSize(file.size)}${pictures.length > 1
              ? ` · ${at + 1} / ${pictures.length}`
              : ""}</span>
        </p>
        <button
          type="button"
          class="icon-button"
          aria-label=${t("Smaller")}
          title=${t("Smaller")}
          ?disabled=${this.zoom === 0}
          @click=${() => this.#zoomBy(-1)}
        >${icon("zoom-out")}</button>
        <button
          type="button"
          class="icon-button"
          aria-label=${t("Larger")}
          title=${t("Larger")}
          ?disabled=${this.zoom === ZOOMS.length - 1}
          @click=${() => this.#zoomBy(1)}
        >${icon("zoom-in")}</button>
        <a
          class="icon-button"
          href=${filePath(file)}
          download=${file.name}
          aria-label=${t("Download")}
          title=${t("Download")}
        >${icon("download")}</a>
        <button
          type="button"
          class="button"
          data-size="small"
          @click=${() => this.#showInChat(message)}
        >${t("Show in chat")}</button>
        <button
          type="button"
          class="icon-button"
          aria-label=${t("Close")}
          title=${t("Close")}
          autofocus
          @click=${this.#close}
        >${icon("x")}</button>
      </header>
      <div class="lightbox-stage" ?data-zoomed=${this.zoom > 0} @wheel=${this
        .#onWheel} @click=${this.#onStageClick}>
        <img
          class="lightbox-picture"
          src=${filePath(file)}
          width=${file.width ?? nothing}
          height=${file.height ?? nothing}
          alt=${file.name}
        />
      </div>
      ${pictures.length > 1
        ? html`
          <button
            type="button"
            class="lightbox-step"
            data-side="start"
            aria-label=${t("Previous picture")}
            ?disabled=${at === 0}
            @click=${() => this.#step(-1)}
          >${icon("chevron-left")}</button>
          <button
            type="button"
            class="lightbox-step"
            data-side="end"
            aria-label=${t("Next picture")}
            ?disabled=${at === pictures.length - 1}
            @click=${() => this.#step(1)}
          >${icon("chevron-right")}</button>
        `
        : nothing}
    `;
  }

  /** @param {-1 | 1} step */
  #step(step) {
    const pictures = this.#pictures;
    const at = pictures.findIndex(({ file }) => file.id === this.fileId);
    const next = pictures[at + step];
    if (!next) return;
    this.fileId = next.file.id;
    this.zoom = 0;
  }

  /** @param {-1 | 1} step */
  #zoomBy(step) {
    this.zoom = Math.min(Math.max(this.zoom + step, 0), ZOOMS.length - 1);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const isTurned = getComputedStyle(this).direction === "rtl";
    const acts = /** @type {Record<string, () => void>} */ ({
      ArrowLeft: () => this.#step(isTurned ? 1 : -1),
      ArrowRight: () => this.#step(isTurned ? -1 : 1),
      "+": () => this.#zoomBy(1),
      "=": () => this.#zoomBy(1),
      "-": () => this.#zoomBy(-1),
      "0": () => this.zoom = 0,
    });
    const act = acts[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  }

  /** @param {WheelEvent} event */
  #onWheel(event) {
    // A wheel over what is larger than the window scrolls it.
    if (this.zoom > 0 && !event.ctrlKey) return;
    event.preventDefault();
    this.#zoomBy(event.deltaY < 0 ? 1 : -1);
  }

  /** @param {Event} event */
  #onStageClick(event) {
    if (event.target === event.currentTarget) this.#close();
    else this.zoom = this.zoom === 0 ? 2 : 0;
  }

  /** @param {Message} message */
  #showInChat(message) {
    this.#close();
    const { channel_id, thread_id, seq } = message;
    this.app.router.push(
      thread_id !== null && !isInChannel(message)
        ? threadRoute(channel_id, thread_id, seq)
        : channelRoute(channel_id, seq),
    );
  }

  #close() {
    this.#dialog.close();
  }

  #onClose() {
    const { dialog } = this.app.ui;
    if (dialog.peek() === this.opened) dialog.value = null;
  }
}

customElements.define("parley-lightbox-dialog", LightboxDialog);
