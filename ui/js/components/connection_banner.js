import { html, nothing } from "lit";
import { SignalElement } from "../lib/signal_element.js";
import { plural } from "../lib/text.js";
import { CLOSE } from "../protocol.generated.js";

/** A loss shorter than this is nobody's business. */
const PATIENCE_MS = 5_000;

/** Says that the connection is gone, and for how long. */
class ConnectionBanner extends SignalElement {
  static properties = { now: { state: true } };

  constructor() {
    super();
    this.now = Date.now();
    /** @type {ReturnType<typeof setInterval> | null} */
    this.timer = null;
  }

  render() {
    const link = this.app.view.link.value;
    if (link.phase === "ended") return this.#ended(link.closeCode);
    if (link.lostAt === null || this.now - link.lostAt < PATIENCE_MS) return nothing;
    const waiting = this.app.view.waitingCount.value;
    const seconds = Math.max(0, Math.ceil(((link.retryAt ?? 0) - this.now) / 1000));
    const isWaiting = link.phase === "waiting" && seconds > 0;
    return html`
      <section class="banner" data-tone="warn" aria-label="Connection">
        <p role="status"><b>Offline.</b>${waiting > 0
          ? ` ${plural(waiting, "message waits", "messages wait")} to be sent.`
          : ""}</p>
        <p class="banner-next">
          <span>${isWaiting ? `Reconnecting in ${seconds} s…` : "Reconnecting…"}</span>
          <button
            type="button"
            ?disabled=${!isWaiting}
            @click=${() => this.app.connection.retryNow()}
          >Retry now</button>
        </p>
      </section>
    `;
  }

  updated() {
    const isLost = this.app.view.link.peek().lostAt !== null;
    if (isLost && this.timer === null) {
      this.now = Date.now();
      this.timer = setInterval(() => this.now = Date.now(), 1000);
    } else if (!isLost && this.timer !== null) {
      clearInterval(this.timer);
      this.timer = null;
    }
  }

  /** @param {number | null} code */
  #ended(code) {
    if (code === CLOSE.SESSION_ENDED || code === null) return nothing;
    const isShutOut = code === CLOSE.ACCESS_ENDED;
    return html`
      <section class="banner" data-tone="danger" aria-label="Connection">
        <p role="alert">${isShutOut
          ? "Your access to this workspace has ended. Nothing more comes in, and nothing goes out."
          : "This page and the server do not understand each other."}</p>
        ${isShutOut
          ? nothing
          : html`<button type="button" @click=${() => location.reload()}>Reload</button>`}
      </section>
    `;
  }
}

customElements.define("parley-connection-banner", ConnectionBanner);
