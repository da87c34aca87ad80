import { html, nothing } from "lit";
import { t } from "../../lib/i18n.js";
import { SignalElement } from "../../lib/signal_element.js";
import { sentence } from "../../session/loader.js";
import { avatar } from "../avatar.js";
import { icon } from "../icon.js";

/** The side of the square that is sent, in pixels. The server makes it smaller. */
const SIDE = 512;

const ZOOM_MAX = 4;

/** Pixels of the square for a press of an arrow. */
const STEP = 12;

/** One's picture: choose one, show which square of it counts, take it away. */
class PictureSettings extends SignalElement {
  static properties = {
    source: { state: true },
    problem: { state: true },
    isBusy: { state: true },
  };

  constructor() {
    super();
    /** @type {ImageBitmap | null} what is being cut */
    this.source = null;
    this.problem = "";
    this.isBusy = false;
    this.zoom = 1;
    /** Where the middle of the square lies in the picture, from 0 to 1. */
    this.middle = { x: 0.5, y: 0.5 };
    /** @type {{ x: number, y: number } | null} */
    this.dragged = null;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.source?.close();
  }

  updated() {
    if (this.source) this.#draw();
  }

  render() {
    return html`
      <div class="own-picture">
        ${this.source ? this.#cutting() : this.#shown()}
        ${this.problem ? html`<p class="field-error" role="alert">${this.problem}</p>` : nothing}
      </div>
    `;
  }

  #shown() {
    const me = this.app.view.me.value;
    return html`
      <div class="own-picture-now">
        ${avatar(me, undefined, { size: 96 })}
        <div class="own-picture-acts">
          <button type="button" class="button" @click=${() =>
            /** @type {HTMLInputElement} */ (this.querySelector("input[type=file]")).click()}>
            ${icon("camera")}${me.avatar ? t("Change picture") : t("Add a picture")}
          </button>
          ${me.avatar
            ? html`
              <button
                type="button"
                class="button"
                ?disabled=${this.isBusy}
                @click=${this.#remove}
              >${icon("trash-2")}${t("Remove")}</button>
            `
            : nothing}
          <input type="file" accept="image/*" hidden @change=${this.#chosen} />
        </div>
      </div>
    `;
  }

  #cutting() {
    return html`
      <canvas
        class="own-picture-cut"
        width=${SIDE}
        height=${SIDE}
        tabindex="0"
        role="application"
        aria-label=${t("The square of your picture. Move it with the arrows, plus and minus zoom.")}
        @pointerdown=${this.#grab}
        @pointermove=${this.#drag}
        @pointerup=${this.#drop}
        @pointercancel=${this.#drop}
        @keydown=${this.#onKey}
      ></canvas>
      <label class="own-picture-zoom">
        <span>${t("Zoom")}</span>
        <input
          type="range"
          min="1"
          max=${ZOOM_MAX}
          step="0.01"
          .value=${String(this.zoom)}
          @input=${(/** @type {Event} */ event) =>
            this.#zoomTo(Number(/** @type {HTMLInputElement} */ (event.target).value))}
        />
      </label>
      <p class="own-picture-acts">
        <button
          type="button"
          class="button"
          data-tone="primary"
          ?disabled=${this.isBusy}
          @click=${this.#save}
        >${this.isBusy ? t("Saving…") : t("Save picture")}</button>
        <button type="button" class="button" ?disabled=${this.isBusy} @click=${this.#giveUp}>
          ${t("Cancel")}
        </button>
      </p>
    `;
  }

  /** @param {Event} event */
  async #chosen(event) {
    const field = /** @type {HTMLInputElement} */ (event.target);
    const file = field.files?.[0];
    field.value = "";
    if (!file) return;
    this.problem = "";
    try {
      this.source = await createImageBitmap(file);
      this.zoom = 1;
      this.middle = { x: 0.5, y: 0.5 };
    } catch {
      this.problem = t("This file is no picture that can be shown.");
    }
  }

  /** The square of the picture that is shown, in its pixels. */
  #square() {
    const { width, height } = /** @type {ImageBitmap} */ (this.source);
    const side = Math.min(width, height) / this.zoom;
    const within = (/** @type {number} */ middle, /** @type {number} */ length) =>
      Math.min(Math.max(middle * length, side / 2), length - side / 2);
    return {
      side,
      left: within(this.middle.x, width) - side / 2,
      top: within(this.middle.y, height) - side / 2,
    };
  }

  #draw() {
    const canvas = /** @type {HTMLCanvasElement} */ (this.querySelector("canvas"));
    const drawing = canvas.getContext("2d");
    if (!drawing || !this.source) return;
    const { side, left, top } = this.#square();
    drawing.clearRect(0, 0, SIDE, SIDE);
    drawing.imageSmoothingQuality = "high";
    drawing.drawImage(this.source, left, top, side, side, 0, 0, SIDE, SIDE);
  }

  /**
   * @param {number} x pixels of the square
   * @param {number} y
   */
  #move(x, y) {
    const { width, height } = /** @type {ImageBitmap} */ (this.source);
    const { side, left, top } = this.#square();
    this.middle = {
      x: (left + side / 2 + x * side / SIDE) / width,
      y: (top + side / 2 + y * side / SIDE) / height,
    };
    this.#draw();
  }

  /** @param {number} zoom */
  #zoomTo(zoom) {
    this.zoom = Math.min(Math.max(zoom, 1), ZOOM_MAX);
    this.requestUpdate();
  }

  /** @param {PointerEvent} event */
  #grab(event) {
    const canvas = /** @type {HTMLCanvasElement} */ (event.currentTarget);
    canvas.setPointerCapture(event.pointerId);
    this.dragged = { x: event.clientX, y: event.clientY };
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    if (!this.dragged) return;
    const canvas = /** @type {HTMLCanvasElement} */ (event.currentTarget);
    const scale = SIDE / canvas.clientWidth;
    this.#move(
      (this.dragged.x - event.clientX) * scale,
      (this.dragged.y - event.clientY) * scale,
    );
    this.dragged = { x: event.clientX, y: event.clientY };
  }

  #drop() {
    this.dragged = null;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const moves = {
      ArrowLeft: [-STEP, 0],
      ArrowRight: [STEP, 0],
      ArrowUp: [0, -STEP],
      ArrowDown: [0, STEP],
    };
    const move = moves[/** @type {keyof typeof moves} */ (event.key)];
    if (move) this.#move(move[0] ?? 0, move[1] ?? 0);
    else if (event.key === "+" || event.key === "=") this.#zoomTo(this.zoom + 0.1);
    else if (event.key === "-") this.#zoomTo(this.zoom - 0.1);
    else return;
    event.preventDefault();
  }

  #giveUp() {
    this.source?.close();
    this.source = null;
    this.problem = "";
  }

  async #save() {
    const canvas = /** @type {HTMLCanvasElement} */ (this.querySelector("canvas"));
    await this.#do(async () => {
      const picture = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
      if (!(picture instanceof Blob)) throw new Error(t("The picture could not be cut."));
      await this.app.people.changePicture(picture);
      this.#giveUp();
    });
  }

  #remove() {
    return this.#do(() => this.app.people.removePicture());
  }

  /** @param {() => Promise<void>} act */
  async #do(act) {
    this.isBusy = true;
    this.problem = "";
    try {
      await act();
      this.app.settings.saved();
    } catch (error) {
      this.problem = sentence(error);
    } finally {
      this.isBusy = false;
    }
  }
}

customElements.define("parley-settings-picture", PictureSettings);
