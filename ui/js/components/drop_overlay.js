import { html, nothing } from "lit";
import { bringsFiles, droppedFiles } from "../lib/clipboard.js";
import { t } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { icon } from "./icon.js";

/**
 * Takes files that are dropped anywhere on the window: into the thread when they fall on it, else into
 * the channel.
 */
class DropOverlay extends SignalElement {
  static properties = { target: { state: true } };

  constructor() {
    super();
    /** @type {HTMLElement | null} the composer that would take them */
    this.target = null;
    this.onDrag = this.#onDrag.bind(this);
    this.onDrop = this.#onDrop.bind(this);
    this.onLeave = this.#onLeave.bind(this);
  }

  connectedCallback() {
    super.connectedCallback();
    addEventListener("dragenter", this.onDrag);
    addEventListener("dragover", this.onDrag);
    addEventListener("dragleave", this.onLeave);
    addEventListener("drop", this.onDrop);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener("dragenter", this.onDrag);
    removeEventListener("dragover", this.onDrag);
    removeEventListener("dragleave", this.onLeave);
    removeEventListener("drop", this.onDrop);
  }

  render() {
    if (!this.target) return nothing;
    const place = this.target.dataset.place ?? "";
    return html`
      <div class="drop-overlay">
        <p>${icon("upload")}<b>${place
          ? t("Drop into {name}", { name: place })
          : t("Drop into the thread")}</b></p>
      </div>
    `;
  }

  /** @param {DragEvent} event */
  #onDrag(event) {
    if (!bringsFiles(event.dataTransfer) || document.querySelector("dialog[open]")) return;
    // Without this the browser would leave the page to show the file.
    event.preventDefault();
    this.target = composerAt(event.target);
    if (event.dataTransfer) event.dataTransfer.dropEffect = this.target ? "copy" : "none";
  }

  /** @param {DragEvent} event */
  #onLeave(event) {
    // Out of the window; from one element to the next there is a related one.
    if (event.relatedTarget === null) this.target = null;
  }

  /** @param {DragEvent} event */
  #onDrop(event) {
    const { target } = this;
    this.target = null;
    if (!bringsFiles(event.dataTransfer)) return;
    event.preventDefault();
    if (!target || !event.dataTransfer) return;
    const { files, folders } = droppedFiles(event.dataTransfer);
    if (folders > 0) this.app.ui.say(t("Folders cannot be sent. Pack them into one file first."));
    if (files.length > 0) target.dispatchEvent(new CustomEvent("parley-files", { detail: files }));
  }
}

/**
 * @param {EventTarget | null} target
 * @returns {HTMLElement | null} an open composer
 */
function composerAt(target) {
  const isBeside = target instanceof Element && target.closest(".side") !== null;
  const open = (/** @type {string} */ place) => /** @type {HTMLElement | null} */ (
    document.querySelector(`${place} parley-composer[data-open]`)
  );
  return (isBeside ? open(".side") : null) ?? open(".pane");
}

customElements.define("parley-drop-overlay", DropOverlay);
