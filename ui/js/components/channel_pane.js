/** @import { ChannelView } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { SignalElement } from "../lib/signal_element.js";
import { plural } from "../lib/text.js";
import { sentence } from "../session/loader.js";
import { isWorkspaceAdmin } from "../store/selectors.js";
import "./composer.js";
import { closedLine } from "./composer_lines.js";
import { channelIcon, icon } from "./icon.js";
import "./message_log.js";
import "./typing_line.js";

/** The open channel: its bar, its messages, and where one writes. */
class ChannelPane extends SignalElement {
  static properties = { isJoining: { state: true } };

  constructor() {
    super();
    this.isJoining = false;
  }

  render() {
    const { view, ui } = this.app;
    const channel = view.channel.value;
    if (ui.placeProblem.value) return this.#problem(ui.placeProblem.value);
    if (!channel) return this.#empty();
    return html`
      ${this.#bar(channel)}
      <parley-message-log .app=${this.app}></parley-message-log>
      <parley-typing-line .app=${this.app}></parley-typing-line>
      ${this.#foot(channel)}
    `;
  }

  /** @param {ChannelView} channel */
  #bar(channel) {
    const { view, ui } = this.app;
    const canChange = channel.membership !== null &&
      (view.isModerator.value || isWorkspaceAdmin({ me: view.me.value }));
    return html`
      <header class="bar">
        <button
          type="button"
          class="icon-button bar-back"
          aria-label="Back to channels"
          @click=${() => this.app.router.backToList()}
        >${icon("arrow-left")}</button>
        <h1>${channelIcon(channel)}<span>${channel.name}</span></h1>
        <p class="bar-topic" title=${channel.topic}>${channel.topic}</p>
        <div class="bar-tools">
          <button
            type="button"
            class="bar-people"
            aria-expanded=${ui.panel.value?.kind === "people" ? "true" : "false"}
            aria-label=${plural(channel.member_count, "person", "people")}
            title="People"
            @click=${() => ui.togglePanel({ kind: "people" })}
          >${icon("users")}<span>${channel.member_count}</span></button>
          ${channel.membership === null || channel.kind === "dm" ? nothing : html`
            <button
              type="button"
              class="icon-button"
              popovertarget="channel-menu"
              aria-label="Channel menu"
              title="Channel menu"
            >${icon("ellipsis-vertical")}</button>
            <div class="menu" id="channel-menu" popover @click=${closeMenu}>
                        ${canChange
                          ? html`<button type="button" @click=${() => ui.openDialog("edit")}>
                ${icon("pencil")}Edit channel…
              </button>`
                          : nothing}
                        <button type="button" @click=${() => this.app.channels.leave(channel)}>
                          ${icon("log-out")}Leave channel…
                        </button>
                      </div>
          `}
        </div>
      </header>
    `;
  }

  /** @param {ChannelView} channel */
  #foot(channel) {
    if (channel.membership !== null) {
      return html`<parley-composer .app=${this.app}></parley-composer>`;
    }
    if (channel.archived_at !== null) return closedLine("archived");
    return html`
      <div class="pane-foot">
        <span>You are looking at <b>#${channel.name}</b>.</span>
        <button
          type="button"
          class="button"
          data-tone="primary"
          ?disabled=${this.isJoining}
          @click=${() => this.#join(channel)}
        >${this.isJoining ? "Joining…" : "Join channel"}</button>
      </div>
    `;
  }

  #empty() {
    const hasChannels = this.app.view.lines.value.length > 0;
    if (hasChannels) return html`<div class="pane-empty"></div>`;
    return html`
      <div class="pane-empty">
        ${icon("messages-square")}
        <h1>Welcome to ${this.app.view.workspaceName.value}</h1>
        <p>Conversations live in channels, one for each team or subject. Join one to read along, or make the first.</p>
        <p class="pane-empty-actions">
          <button
            type="button"
            class="button"
            data-tone="primary"
            @click=${() => this.app.ui.openDialog("browse")}
          >Browse channels</button>
          <button type="button" class="button" @click=${() => this.app.ui.openDialog("create")}>
            Create a channel
          </button>
        </p>
      </div>
    `;
  }

  /** @param {"missing" | "unreachable"} problem */
  #problem(problem) {
    const isMissing = problem === "missing";
    return html`
      <div class="pane-empty">
        ${icon(isMissing ? "lock" : "wifi-off")}
        <h1>${isMissing ? "There is nothing to see here" : "This channel could not be opened"}</h1>
        <p>${isMissing
          ? "Either there is no such channel, or it is private and you are not in it."
          : "The server could not be reached."}</p>
        <p class="pane-empty-actions">
          ${isMissing
            ? html`<a class="button" href="/">Back to my channels</a>`
            : html`<button type="button" class="button" @click=${() =>
              this.app.places.reopen()}>Try again</button>`}
        </p>
      </div>
    `;
  }

  /** @param {ChannelView} channel */
  async #join(channel) {
    this.isJoining = true;
    try {
      await this.app.channels.join(channel.id);
    } catch (error) {
      this.app.ui.say(`You could not join. ${sentence(error)}`);
    } finally {
      this.isJoining = false;
    }
  }
}

/** @param {Event} event */
export function closeMenu(event) {
  const menu = /** @type {HTMLElement} */ (event.currentTarget);
  if (/** @type {Element} */ (event.target).closest("button, a")) menu.hidePopover();
}

customElements.define("parley-channel-pane", ChannelPane);
