/** @import { ChannelView } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { levelLabel, LEVELS } from "../lib/levels.js";
import { locale, t, tn } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { pageRoute } from "../router.js";
import { displayName, partnerOf } from "../store/selectors.js";
import { avatar, PRESENCE_LABEL } from "./avatar.js";
import { channelIcon, icon } from "./icon.js";

/** What stands above the messages: where one is, and what can be opened beside them. */
class ChannelBar extends SignalElement {
  render() {
    const channel = this.app.view.channel.value;
    if (!channel) return nothing;
    const { membership } = channel;
    return html`
      <header class="bar">
        <button
          type="button"
          class="icon-button bar-back"
          aria-label=${t("Back to channels")}
          @click=${() => this.app.router.backToList()}
        >${icon("arrow-left")}</button>
        ${this.#name(channel)} ${this.#topic(channel)}
        <div class="bar-tools">
          ${membership ? this.#star(channel) : nothing} ${this.#people(channel)}
          <button
            type="button"
            class="icon-button bar-wide"
            aria-label=${t("Search in {name}", { name: channel.name })}
            title=${t("Search here")}
            @click=${() => this.#search(channel)}
          >${icon("search")}</button>
          ${this.#panel("pins", "pin", t("Pinned messages"))} ${this.#panel(
            "files",
            "file-text",
            t("Files"),
          )} ${membership ? html`${this.#bell(channel)} ${this.#menu(channel)}` : nothing}
        </div>
      </header>
    `;
  }

  /** @param {ChannelView} channel */
  #name(channel) {
    const { ui, view } = this.app;
    const partner = partnerOf(channel, view.me.value.id);
    const picture = partner === null
      ? channelIcon(channel)
      : partner === view.me.value.id
      ? icon("notebook-pen")
      : avatar(view.users.value[partner], view.presence.value[partner] ?? "unknown");
    return html`
      <h1>
        <button
          type="button"
          class="bar-name"
          aria-expanded=${ui.panel.value?.kind === "details" ? "true" : "false"}
          title=${t("Details")}
          @click=${() => ui.togglePanel({ kind: "details" })}
        >${picture}<span>${channel.name}</span></button>
      </h1>
    `;
  }

  /** @param {ChannelView} channel */
  #topic(channel) {
    const { view } = this.app;
    const partner = partnerOf(channel, view.me.value.id);
    if (partner === null || partner === view.me.value.id) {
      return html`<p class="bar-topic" title=${channel.topic}>${channel.topic}</p>`;
    }
    const presence = PRESENCE_LABEL[view.presence.value[partner] ?? "unknown"];
    const title = view.users.value[partner]?.title;
    return html`<p class="bar-topic">${[presence, title].filter(Boolean).join(" · ")}</p>`;
  }

  /** @param {ChannelView} channel */
  #star({ id, membership }) {
    const isFavourite = membership?.is_favourite ?? false;
    return html`
      <button
        type="button"
        class="icon-button bar-star bar-wide"
        aria-pressed=${isFavourite ? "true" : "false"}
        aria-label=${t("Favourite")}
        title=${isFavourite ? t("Remove from favourites") : t("Add to favourites")}
        @click=${() => this.app.channels.setMembership(id, { is_favourite: !isFavourite })}
      >${icon("star")}</button>
    `;
  }

  /** @param {ChannelView} channel */
  #people({ member_count }) {
    const { ui } = this.app;
    return html`
      <button
        type="button"
        class="bar-people"
        aria-expanded=${ui.panel.value?.kind === "people" ? "true" : "false"}
        aria-label=${tn("{count} person", "{count} people", member_count)}
        title=${t("People")}
        @click=${() => ui.togglePanel({ kind: "people" })}
      >${icon("users")}<span>${member_count.toLocaleString(locale())}</span></button>
    `;
  }

  /**
   * @param {"pins" | "files"} kind
   * @param {string} picture
   * @param {string} label
   */
  #panel(kind, picture, label) {
    const { ui } = this.app;
    return html`
      <button
        type="button"
        class="icon-button bar-wide"
        aria-expanded=${ui.panel.value?.kind === kind ? "true" : "false"}
        aria-label=${label}
        title=${label}
        @click=${() => ui.togglePanel({ kind })}
      >${icon(picture)}</button>
    `;
  }

  /** @param {ChannelView} channel */
  #bell({ id, membership }) {
    if (!membership) return nothing;
    const { level, is_muted } = membership;
    const isQuiet = is_muted || level === "nothing";
    return html`
      <button
        type="button"
        class="icon-button bar-wide"
        popovertarget="bell-menu"
        aria-label=${t("Notifications")}
        title=${t("Notifications")}
      >${icon(isQuiet ? "bell-off" : level === "all" ? "bell-ring" : "bell")}</button>
      <div class="menu bar-menu" id="bell-menu" popover>
        <fieldset class="choices">
          <legend>${t("Notify me of")}</legend>
          ${LEVELS.map((one) =>
            html`<label><input
              type="radio"
              name="bell-level"
              .checked=${level === one}
              @change=${() => this.app.channels.setMembership(id, { level: one })}
            /><span>${levelLabel(one)}</span></label>`
          )}
        </fieldset>
        <label class="choice-line"><input
          type="checkbox"
          .checked=${is_muted}
          @change=${() => this.app.channels.setMembership(id, { is_muted: !is_muted })}
        /><span>${t("Mute")}<span class="hint">${t(
          "It stays out of the way; only your name calls you.",
        )}</span></span></label>
      </div>
    `;
  }

  /** @param {ChannelView} channel */
  #menu(channel) {
    const { channels, ui, view } = this.app;
    const isDirect = channel.kind === "dm";
    const canAdd = !isDirect && view.me.value.role !== "guest" && channel.archived_at === null;
    const isFavourite = channel.membership?.is_favourite ?? false;
    return html`
      <button
        type="button"
        class="icon-button"
        popovertarget="channel-menu"
        aria-label=${t("Channel menu")}
        title=${t("Channel menu")}
      >${icon("ellipsis-vertical")}</button>
      <div class="menu bar-menu" id="channel-menu" popover @click=${closeMenu}>
        <button type="button" @click=${() => ui.panel.value = { kind: "details" }}>
          ${icon("info")}${isDirect ? t("Details") : t("Channel details")}
        </button>
        ${canAdd
          ? html`<button type="button" @click=${() => ui.openDialog("add", channel.id)}>
            ${icon("user-plus")}${t("Add people…")}
          </button>`
          : nothing}
        <div class="bar-narrow">
          <button type="button" @click=${() => this.#search(channel)}>
            ${icon("search")}${t("Search here")}
          </button>
          <button type="button" @click=${() => ui.togglePanel({ kind: "pins" })}>
            ${icon("pin")}${t("Pinned messages")}
          </button>
          <button type="button" @click=${() => ui.togglePanel({ kind: "files" })}>
            ${icon("file-text")}${t("Files")}
          </button>
          <button
            type="button"
            @click=${() => channels.setMembership(channel.id, { is_favourite: !isFavourite })}
          >${icon("star")}${isFavourite
            ? t("Remove from favourites")
            : t("Add to favourites")}</button>
        </div>
        <button type="button" @click=${() => channels.copyLink(channel.id)}>
          ${icon("link")}${t("Copy link")}
        </button>
        ${isDirect
          ? html`<button type="button" @click=${() => channels.close(channel.id)}>
            ${icon("x")}${t("Close conversation")}
          </button>`
          : html`<button type="button" @click=${() => channels.leave(channel)}>
            ${icon("log-out")}${t("Leave channel…")}
          </button>`}
      </div>
    `;
  }

  /** @param {ChannelView} channel */
  #search(channel) {
    const { router, view } = this.app;
    const partner = partnerOf(channel, view.me.value.id);
    const place = partner === null
      ? channel.kind === "dm" ? "" : `in:#${channel.name} `
      : `in:@${view.users.value[partner]?.username ?? displayName({}, partner)} `;
    router.push(pageRoute("search", place));
  }
}

/** @param {Event} event */
export function closeMenu(event) {
  const menu = /** @type {HTMLElement} */ (event.currentTarget);
  if (/** @type {Element} */ (event.target).closest("button, a")) menu.hidePopover();
}

customElements.define("parley-channel-bar", ChannelBar);
