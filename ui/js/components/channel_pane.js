/** @import { ChannelView } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { t, tn } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { sentence } from "../session/loader.js";
import { isWorkspaceAdmin } from "../store/selectors.js";
import "./channel_bar.js";
import "./composer.js";
import { closedLine } from "./composer_lines.js";
import { icon } from "./icon.js";
import "./message_log.js";
import "./typing_line.js";

/** So many channels are offered to somebody who is in none. */
const SUGGESTED = 5;

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
      <parley-channel-bar .app=${this.app}></parley-channel-bar>
      <parley-message-log .app=${this.app}></parley-message-log>
      <parley-typing-line .app=${this.app}></parley-typing-line>
      ${this.#foot(channel)}
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
    const { ui, view } = this.app;
    if (view.lines.value.length > 0) return html`<div class="pane-empty"></div>`;
    const isGuest = view.me.value.role === "guest";
    return html`
      <div class="pane-empty">
        ${icon("messages-square")}
        <h1>${t("Welcome to {name}", { name: view.workspaceName.value })}</h1>
        <p>${isGuest
          ? t("You are in no channel yet. Somebody who invited you can add you to one.")
          : t(
            "Conversations live in channels, one for each team or subject. Join one to read along, or make the first.",
          )}</p>
        ${isGuest ? nothing : this.#suggested()}
        ${isGuest ? nothing : html`
          <p class="pane-empty-actions">
            <button
              type="button"
              class="button"
              data-tone="primary"
              @click=${() => ui.openDialog("browse")}
            >${t("Browse channels")}</button>
            <button type="button" class="button" @click=${() => ui.openDialog("create")}>
              ${t("Create a channel")}
            </button>
            ${isWorkspaceAdmin({ me: view.me.value })
              ? html`
                <button
                  type="button"
                  class="button"
                  @click=${() => ui.openDialog("workspace", "invites")}
                >${t("Invite people")}</button>
              `
              : nothing}
          </p>
        `}
      </div>
    `;
  }

  /** The channels where most people are. */
  #suggested() {
    const channels = this.app.channels.joinable.value
      .toSorted((a, b) =>
        Number(b.is_default) - Number(a.is_default) || b.member_count - a.member_count
      ).slice(0, SUGGESTED);
    if (channels.length === 0) return nothing;
    return html`
      <ul class="pane-suggested">${channels.map((channel) =>
        html`
          <li class="browse-line">
            <a class="browse-name" href="/channels/${channel.id}">${icon("hash")}<span>${channel
              .name}</span></a>
            <p class="hint">${tn(
              "{count} person",
              "{count} people",
              channel.member_count,
            )}${channel.topic ? ` · ${channel.topic}` : ""}</p>
            <button
              type="button"
              class="button"
              data-size="small"
              aria-label=${t("Join {name}", { name: channel.name })}
              ?disabled=${this.isJoining}
              @click=${() => this.#joinAndOpen(channel)}
            >${t("Join")}</button>
          </li>
        `
      )}</ul>
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
  async #joinAndOpen(channel) {
    await this.#join(channel);
    this.app.places.open(channel.id);
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

customElements.define("parley-channel-pane", ChannelPane);
