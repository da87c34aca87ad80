import { html, nothing } from "lit";
import { t, tn } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { CLOSE } from "../protocol.generated.js";

/** A loss shorter than this is nobody's business: a server that restarts is back by then. */
const PATIENCE_MS = 5_000;

/** Says that the connection is gone, and for how long; or that this page is of yesterday. */
class ConnectionBanner extends SignalElement {
  static properties = { now: { state: true } };

  constructor() {
    super();
    this.now = Date.now();
    /** @type {ReturnType<typeof setInterval> | null} */
    this.timer = null;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#stopCounting();
  }

  render() {
    const link = this.app.view.link.value;
    const waiting = this.app.view.waitingCount.value;
    if (link.phase === "ended") return this.#ended(link.closeCode);
    if (this.app.ui.isOutdated.value) return this.#outdated();
    if (link.lostAt === null || this.now - link.lostAt < PATIENCE_MS) return nothing;
    const hasNetwork = navigator.onLine;
    const isWaiting = link.phase === "waiting";
    return html`
      <section class="banner" data-tone="warn" aria-label=${t("Connection")}>
        <p role="status"><b>${hasNetwork ? t("No connection.") : t("Offline.")}</b>${waiting > 0
          ? ` ${
            tn("{count} message waits to be sent.", "{count} messages wait to be sent.", waiting)
          }`
          : ""}</p>
        <p class="banner-next">
          <span>${this.#next(hasNetwork, isWaiting ? link.retryAt ?? 0 : 0)}</span>
          <button
            type="button"
            aria-disabled=${isWaiting ? "false" : "true"}
            @click=${() => this.app.connection.retryNow()}
          >${t("Retry now")}</button>
        </p>
      </section>
    `;
  }

  updated() {
    const isLost = this.app.view.link.peek().lostAt !== null;
    if (isLost && this.timer === null) {
      this.now = Date.now();
      this.timer = setInterval(() => this.now = Date.now(), 1000);
    } else if (!isLost) {
      this.#stopCounting();
    }
  }

  /**
   * @param {boolean} hasNetwork
   * @param {number} retryAt
   */
  #next(hasNetwork, retryAt) {
    const seconds = Math.ceil((retryAt - this.now) / 1000);
    // Without a network no attempt is worth counting down to: its return is noticed at once.
    if (!hasNetwork) return t("Waiting for the network…");
    return seconds > 0 ? t("Reconnecting in {seconds} s…", { seconds }) : t("Reconnecting…");
  }

  /** @param {number | null} code */
  #ended(code) {
    if (code === CLOSE.SESSION_ENDED || code === null) return nothing;
    if (code === CLOSE.ACCESS_ENDED) {
      return html`
        <section class="banner" data-tone="danger" aria-label=${t("Connection")}>
          <p role="alert">${t(
            "Your access to this workspace has ended. Nothing more comes in, and nothing goes out.",
          )}</p>
        </section>
      `;
    }
    return this.#reload(
      "danger",
      t("This page and the server do not understand each other any more."),
    );
  }

  #outdated() {
    return this.#reload("warn", t("Parley was updated. Reload the page to go on with all of it."));
  }

  /**
   * @param {"warn" | "danger"} tone
   * @param {string} text
   */
  #reload(tone, text) {
    return html`
      <section class="banner" data-tone=${tone} aria-label=${t("Connection")}>
        <p role="alert">${text}</p>
        <button type="button" @click=${() => location.reload()}>${t("Reload")}</button>
      </section>
    `;
  }

  #stopCounting() {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }
}

customElements.define("parley-connection-banner", ConnectionBanner);
