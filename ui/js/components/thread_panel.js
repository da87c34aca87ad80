/** @import { ChannelView, Message } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { typingSentence } from "../lib/text.js";
import "./composer.js";
import { icon } from "./icon.js";
import "./thread_log.js";

/** A thread beside its channel: its root, its replies, and where one replies. */
class ThreadPanel extends SignalElement {
  constructor() {
    super();
    /** @type {Element | null} */
    this.openedFrom = null;
    this.onKey = this.#onKey.bind(this);
  }

  connectedCallback() {
    this.openedFrom = document.activeElement;
    super.connectedCallback();
    this.addEventListener("keydown", this.onKey);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.removeEventListener("keydown", this.onKey);
    this.app.attend({ isAtThreadEnd: false });
  }

  firstUpdated() {
    if (!this.contains(document.activeElement)) {
      /** @type {HTMLElement | null} */ (this.querySelector(".bar button"))?.focus();
    }
  }

  render() {
    const { view, ui } = this.app;
    const channel = view.channel.value;
    const place = view.threadPlace.value;
    const root = view.thread.value?.root ?? null;
    const problem = ui.threadProblem.value;
    return html`
      ${this.#bar(channel, problem ? null : root)} ${problem ? this.#problem(problem) : html`
        <parley-thread-log .app=${this.app}></parley-thread-log>
        ${this.#typing()} ${channel && root && place ? this.#foot(channel, root) : nothing}
      `}
    `;
  }

  /**
   * @param {ChannelView | null} channel
   * @param {Message | null} root
   */
  #bar(channel, root) {
    const isFollowing = root !== null &&
      (this.app.view.threadsKnown.value[root.id]?.is_following ?? false);
    const label = isFollowing ? t("Stop following this thread") : t("Follow this thread");
    return html`
      <header class="bar">
        <button
          type="button"
          class="icon-button bar-back"
          aria-label=${t("Back to the channel")}
          @click=${this.#close}
        >${icon("arrow-left")}</button>
        <h2 id="side-title">${t("Thread")} ${channel
          ? html`<span class="hint">${channel.kind === "dm" ? "" : "#"}${channel.name}</span>`
          : nothing}</h2>
        <div class="bar-tools">
          ${root === null ? nothing : html`
            ${channel?.membership
              ? html`
                <button
                  type="button"
                  class="icon-button"
                  aria-label=${label}
                  aria-pressed=${isFollowing ? "true" : "false"}
                  title=${label}
                  @click=${() => this.app.threads.follow(root.id, !isFollowing)}
                >${icon(isFollowing ? "bell-ring" : "bell-plus")}</button>
              `
              : nothing}
            <button
              type="button"
              class="icon-button"
              aria-label=${t("Copy link to thread")}
              title=${t("Copy link to thread")}
              @click=${() => this.app.threads.copyLink(root)}
            >${icon("link")}</button>
          `}
          <button
            type="button"
            class="icon-button bar-close"
            aria-label=${t("Close thread")}
            title=${t("Close thread")}
            @click=${this.#close}
          >${icon("x")}</button>
        </div>
      </header>
    `;
  }

  #typing() {
    const names = this.app.view.threadTypists.value.split("\n").filter(Boolean);
    return html`<p class="typing" aria-live="off">${
      names.length > 0
        ? html`<span class="typing-dots" aria-hidden="true"><i></i><i></i><i></i></span>`
        : nothing
    }${typingSentence(names)}</p>`;
  }

  /**
   * @param {ChannelView} channel
   * @param {Message} root
   */
  #foot(channel, root) {
    if (channel.archived_at !== null) {
      return html`<p class="pane-foot">${icon("archive")}<span>${
        t("This channel is archived: nothing new is written here.")
      }</span></p>`;
    }
    if (channel.membership === null) {
      return html`<p class="pane-foot"><span>${
        t("Join #{name} to reply.", { name: channel.name })
      }</span></p>`;
    }
    return html`<parley-composer .app=${this.app} .threadId=${root.id}></parley-composer>`;
  }

  /** @param {"missing" | "unreachable"} problem */
  #problem(problem) {
    const isMissing = problem === "missing";
    return html`
      <div class="pane-empty">
        ${icon(isMissing ? "message-square-dashed" : "wifi-off")}
        <h3>${isMissing ? t("This thread is not here") : t("This thread could not be opened")}</h3>
        <p>${isMissing
          ? t("The message it began with does not exist, or you may not read it.")
          : t("The server could not be reached.")}</p>
        ${isMissing ? nothing : html`
          <button
            type="button"
            class="button"
            @click=${() => this.app.threads.show(this.app.router.route.peek())}
          >${t("Try again")}</button>
        `}
      </div>
    `;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const isBusy = event.defaultPrevented || event.isComposing ||
      document.querySelector(":popover-open, dialog[open]") !== null;
    if (event.key !== "Escape" || isBusy) return;
    event.preventDefault();
    this.#close();
  }

  #close() {
    const { openedFrom } = this;
    this.app.threads.close();
    // After the panel has gone: the focus would be lost with it.
    requestAnimationFrame(() => {
      const isThere = openedFrom instanceof HTMLElement && openedFrom.isConnected &&
        openedFrom !== document.body;
      if (isThere) openedFrom.focus({ preventScroll: true });
      else this.app.ui.composerWishes.value += 1;
    });
  }
}

customElements.define("parley-thread-panel", ThreadPanel);
