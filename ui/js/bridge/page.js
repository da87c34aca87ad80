/** The frame of the live pages: what is seen, whether it is fresh, and the one question at a time. */

import { html, nothing } from "lit";
import { SignalElement } from "../lib/signal_element.js";
import { t } from "../lib/i18n.js";
import { channelView } from "./channel_view.js";
import { clusterView } from "./cluster_view.js";
import { connectionsView, connectionView, personView } from "./people_views.js";
import { SEEN } from "./bridge.generated.js";
import { count, duration } from "./words.js";

/** @import { Deck, Picture } from "./deck.js" */

/** A picture comes every two seconds. */
const STALE_MS = 8_000;

class BridgePage extends SignalElement {
  constructor() {
    super();
    /** @type {Deck | undefined} */
    this.deck;
  }

  static properties = { deck: { attribute: false } };

  get #dialog() {
    return /** @type {HTMLDialogElement | null} */ (this.querySelector("dialog"));
  }

  render() {
    const { deck } = this;
    if (!deck) return nothing;
    const seen = deck.seen.value;
    return html`
      <header class="bridge-head">
        <h1>${this.#title(seen)}</h1>
        ${this.#freshness(deck, seen)}
        <nav aria-label=${t("Live pages")}>${this.#tabs(deck)}</nav>
      </header>
      ${deck.refusal.value
        ? html`<p class="bridge-note" data-tone="warn" role="status">${deck.refusal.value}</p>`
        : nothing}
      ${seen
        ? this.#view(deck, seen)
        : deck.refusal.value
        ? nothing
        : html`<p class="bridge-wait">${t("Loading…")}</p>`}
      ${this.#question(deck)}
      <p class="bridge-notice" role="status" data-tone=${deck.notice.value?.tone ??
        nothing} ?hidden=${!deck
        .notice.value}>${deck.notice.value?.text}</p>
    `;
  }

  updated() {
    const isWanted = this.deck?.question.peek() !== null;
    if (isWanted && !this.#dialog?.open) this.#dialog?.showModal();
    else if (!isWanted && this.#dialog?.open) this.#dialog.close();
  }

  /** @param {Picture | null} seen */
  #title(seen) {
    switch (this.deck?.place.view) {
      case "cluster":
        return t("Processes");
      case "connections":
        return seen?.type === SEEN.CONNECTIONS_SEEN
          ? t("Connections: {count}", { count: count(seen.total) })
          : t("Connections");
      case "connection":
        return t("Connection");
      case "person":
        return t("Person");
      default:
        return t("Channel");
    }
  }

  /** @param {Deck} deck */
  #tabs({ place }) {
    const tabs = [
      { name: t("Processes"), href: place.bridge, isHere: place.view === "cluster" },
      {
        name: t("Connections"),
        href: `${place.bridge}connections/`,
        isHere: ["connections", "connection", "person"].includes(place.view),
      },
      {
        name: t("Channels"),
        href: `${place.admin}chat/channel/`,
        isHere: place.view === "channel",
      },
      { name: t("Audit log"), href: `${place.admin}audit/entry/`, isHere: false },
    ];
    return tabs.map(({ name, href, isHere }) =>
      html`<a href=${href} aria-current=${isHere ? "page" : nothing}>${name}</a>`
    );
  }

  /**
   * @param {Deck} deck
   * @param {Picture | null} seen
   */
  #freshness(deck, seen) {
    const link = deck.link.value;
    // The signal has it looked at again each second.
    const age = deck.now.value && Date.now() - deck.seenAt;
    if (link?.phase === "ended") {
      return html`<span class="mark" data-state="lost">${t("ended: load the page again")}</span>`;
    }
    if (link?.phase !== "open") {
      return html`<span class="mark" data-state="draining">${t("connecting…")}</span>`;
    }
    if (!seen) {
      return html`<span class="mark" data-state="draining">${t("waiting…")}</span>`;
    }
    return age > STALE_MS
      ? html`<span class="mark" data-state="draining">${
        t("as it was {time} ago", { time: duration(age) })
      }</span>`
      : html`<span class="mark" data-state="live">${
        t("live, through {name}", { name: link.instance ?? "" })
      }</span>`;
  }

  /**
   * @param {Deck} deck
   * @param {Picture} seen
   */
  #view(deck, seen) {
    switch (seen.type) {
      case SEEN.CLUSTER_SEEN:
        return clusterView(deck, seen);
      case SEEN.CONNECTIONS_SEEN:
        return connectionsView(deck, seen);
      case SEEN.CONNECTION_SEEN:
        return connectionView(deck, seen);
      case SEEN.PERSON_SEEN:
        return personView(deck, seen);
      case SEEN.CHANNEL_SEEN:
        return channelView(deck, seen);
      default:
        return nothing;
    }
  }

  /** @param {Deck} deck */
  #question(deck) {
    const question = deck.question.value;
    const answer = (/** @type {boolean} */ isSure) => {
      deck.question.value = null;
      question?.resolve(isSure);
    };
    return html`
      <dialog class="bridge-dialog" aria-labelledby="question-title" @close=${() => answer(false)}>
        <h2 id="question-title">${question?.title}</h2>
        <p>${question?.text}</p>
        <p class="acts">
          <button type="button" class="button" @click=${() => answer(false)}>${t("Cancel")}</button>
          <button type="button" class="button" data-tone="danger" autofocus @click=${() =>
            answer(true)}>
            ${question?.action}
          </button>
        </p>
      </dialog>
    `;
  }
}

customElements.define("parley-bridge", BridgePage);
