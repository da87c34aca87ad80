/**
 * @import { PageName } from "../router.js"
 * @import { ChannelLine } from "../store/selectors.js"
 * @import { SidebarGroup } from "../store/sidebar.js"
 * @import { PresenceState } from "../store/state.js"
 */

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { locale, t, tn } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { partnerOf } from "../store/selectors.js";
import { isCalling } from "../store/sidebar.js";
import { avatar, PRESENCE_LABEL } from "./avatar.js";
import { channelIcon, icon } from "./icon.js";
import { statusMark } from "./status_mark.js";
import "./user_menu.js";

/** A finger that stays so long wants the menu. */
const LONG_PRESS_MS = 500;

/** One's conversations, and the way to everything else. */
class Sidebar extends SignalElement {
  constructor() {
    super();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.pressTimer = undefined;
    /** The click that ends a long press opens nothing. */
    this.isPressed = false;
  }

  render() {
    const { view, ui } = this.app;
    const isAlone = !ui.isWide.value && view.openId.value === null &&
      this.app.router.route.value.page === null;
    const groups = view.sidebar.value;
    const name = html`<span class="side-name">${view.workspaceName.value}</span>`;
    return html`
      <div class="side-head">
        ${isAlone ? html`<h1 class="vh">${view.workspaceName.value}</h1>` : nothing}
        <button
          type="button"
          class="side-workspace"
          aria-haspopup="menu"
          @click=${(/** @type {MouseEvent} */ event) => this.#openMenu("workspace", "", event)}
        >${name}${icon("chevron-down")}</button>
        <button
          type="button"
          class="icon-button"
          aria-label=${t("New direct message")}
          title=${t("New direct message")}
          @click=${() => ui.openDialog("dm")}
        >${icon("square-pen")}</button>
      </div>
      <nav class="side-list" aria-label=${t("Conversations")}>
        ${this.#pages()} ${repeat(groups, ({ key }) => key, (group) => this.#group(group))}
      </nav>
      <parley-user-menu .app=${this.app}></parley-user-menu>
    `;
  }

  // ── Pages ─────────────────────────────────────────────────────────────────────────────────

  #pages() {
    const drafts = this.app.view.draftCount.value;
    return html`
      <ul class="side-pages">
        <li>
          <button
            type="button"
            class="side-link"
            @click=${() => this.app.ui.openDialog("switcher")}
          >${icon("search")}<span class="side-link-name">${t("Find a conversation")}</span></button>
        </li>
        ${this.#page("unreads", "inbox", t("Unreads"), 0)}
        ${this.#page(
          "threads",
          "message-square-text",
          t("Threads"),
          this.app.view.unreadThreads.value,
        )}
        ${this.#page("mentions", "at-sign", t("Mentions"), 0)}
        ${drafts > 0 ? this.#page("drafts", "pencil", t("Drafts"), drafts) : nothing}
        ${this.#page("saved", "bookmark", t("Saved"), 0)}
        ${this.#page("search", "text-search", t("Search messages"), 0)}
      </ul>
    `;
  }

  /**
   * @param {PageName} page
   * @param {string} picture
   * @param {string} label
   * @param {number} count
   */
  #page(page, picture, label, count) {
    const isOpen = this.app.router.route.value.page === page;
    return html`
      <li>
        <a class="side-link" href="/${page}" aria-current=${isOpen ? "page" : nothing}>
          ${icon(picture)}<span class="side-link-name">${label}</span>${count > 0
            ? html`<span class="side-count">${count.toLocaleString(locale())}</span>`
            : nothing}
        </a>
      </li>
    `;
  }

  // ── Groups ────────────────────────────────────────────────────────────────────────────────

  /** @param {SidebarGroup} group */
  #group(group) {
    const { key, kind, section, lines, shown, isFolded } = group;
    if (kind === "favourites" && lines.length === 0) return nothing;
    const label = labelOf(group);
    const listId = `side-${key}`;
    return html`
      <section class="side-group" aria-labelledby="${listId}-title">
        <div class="side-title">
          <h2 id="${listId}-title">
            <button
              type="button"
              class="side-fold"
              aria-expanded=${isFolded ? "false" : "true"}
              aria-controls=${listId}
              @click=${() => this.#fold(group)}
            >${icon("chevron-down")}<span>${label}</span></button>
          </h2>
          ${section
            ? html`
              <button
                type="button"
                class="icon-button side-more"
                aria-label=${t("Menu of the section {name}", { name: section.name })}
                aria-haspopup="menu"
                @click=${(/** @type {MouseEvent} */ event) =>
                  this.#openMenu("section", section.id, event)}
              >${icon("ellipsis")}</button>
            `
            : nothing} ${this.#adding(kind)}
        </div>
        <ul id=${listId}>${repeat(
          shown,
          ({ channel }) => channel.id,
          (line) => this.#line(line),
        )}</ul>
        ${isFolded ? nothing : this.#hint(group)}
      </section>
    `;
  }

  /** @param {SidebarGroup["kind"]} kind */
  #adding(kind) {
    const { ui, view } = this.app;
    if (kind === "channels" && view.me.value.role !== "guest") {
      return html`
        <button
          type="button"
          class="icon-button"
          aria-label=${t("Create a channel")}
          title=${t("Create a channel")}
          @click=${() => ui.openDialog("create")}
        >${icon("plus")}</button>
      `;
    }
    if (kind !== "direct") return nothing;
    return html`
      <button
        type="button"
        class="icon-button"
        aria-label=${t("Write to somebody")}
        title=${t("Write to somebody")}
        @click=${() => ui.openDialog("dm")}
      >${icon("plus")}</button>
    `;
  }

  /** @param {SidebarGroup} group */
  #hint({ kind, lines }) {
    const { ui, view } = this.app;
    if (kind === "section" && lines.length === 0) {
      return html`<p class="side-hint">${t("Move conversations here by their menu.")}</p>`;
    }
    if (kind === "direct" && lines.length === 0) {
      return html`
        <button type="button" class="side-link" @click=${() => this.#openNotes()}>
          ${icon("notebook-pen")}<span class="side-link-name">${t("Notes to yourself")}</span>
        </button>
      `;
    }
    if (kind !== "channels" || view.me.value.role === "guest") return nothing;
    return html`
      <button type="button" class="side-link" @click=${() => ui.openDialog("browse")}>
        ${icon("compass")}<span class="side-link-name">${t("Browse channels")}</span>
      </button>
    `;
  }

  /** @param {ChannelLine} line */
  #line(line) {
    const { view } = this.app;
    const { channel, messages, mentions, hasDraft } = line;
    const isOpen = this.app.view.openId.value === channel.id;
    const isMuted = channel.membership?.is_muted ?? false;
    const presence = this.#presence(line);
    const said = [
      presence ? PRESENCE_LABEL[presence] : "",
      isMuted ? t("muted") : "",
      mentions > 0
        ? tn("{count} mention", "{count} mentions", mentions)
        : messages > 0
        ? tn("{count} unread message", "{count} unread messages", messages)
        : "",
    ].filter(Boolean).join(", ");
    return html`
      <li
        class="side-item"
        @contextmenu=${(/** @type {MouseEvent} */ event) => this.#onContextMenu(event, channel.id)}
        @pointerdown=${(/** @type {PointerEvent} */ event) => this.#onPress(event, channel.id)}
        @pointerup=${this.#onRelease}
        @pointercancel=${this.#onRelease}
        @pointermove=${this.#onMove}
        @click=${this.#onClick}
      >
        <a
          class="side-link"
          href="/channels/${channel.id}"
          aria-current=${isOpen ? "page" : nothing}
          ?data-unread=${isCalling(line)}
          ?data-muted=${isMuted}
        >
          ${this.#mark(line, presence)}<span class="side-link-name">${channel
            .name}</span>${statusMark(
              view.users.value[partnerOf(channel, view.me.value.id) ?? ""],
            )}${said ? html`<span class="vh">, ${said}</span>` : nothing}${hasDraft && !isOpen
            ? html`<span class="side-draft" title=${t("Draft")}>${
              icon("pencil")
            }<span class="vh">, ${t("draft")}</span></span>`
            : nothing}${mentions > 0
            ? html`<span class="badge" aria-hidden="true">${
              mentions > 99 ? "99+" : mentions
            }</span>`
            : nothing}
        </a>
        <button
          type="button"
          class="icon-button side-more"
          aria-label=${t("Menu of {name}", { name: channel.name })}
          aria-haspopup="menu"
          @click=${(/** @type {MouseEvent} */ event) =>
            this.#openMenu("channel", channel.id, event)}
        >${icon("ellipsis")}</button>
      </li>
    `;
  }

  /** @param {ChannelLine} line */
  #presence({ channel }) {
    const { view } = this.app;
    const meId = view.me.value.id;
    const partner = partnerOf(channel, meId);
    if (partner === null || partner === meId) return undefined;
    return view.presence.value[partner] ?? "unknown";
  }

  /**
   * What stands before the name: a sign for a channel, a face for a person, how many for a group.
   *
   * @param {ChannelLine} line
   * @param {PresenceState | undefined} presence
   */
  #mark({ channel }, presence) {
    const { view } = this.app;
    if (channel.kind !== "dm") return channelIcon(channel);
    const partner = partnerOf(channel, view.me.value.id);
    if (partner === view.me.value.id) return icon("notebook-pen");
    if (partner !== null) return avatar(view.users.value[partner], presence, { size: 20 });
    return html`<span class="side-group-count" aria-hidden="true">${
      channel.user_ids.length - 1
    }</span>`;
  }

  // ── What is done with them ────────────────────────────────────────────────────────────────

  /** @param {SidebarGroup} group */
  #fold({ key, section }) {
    if (section) this.app.sections.fold(section);
    else this.app.ui.toggleGroup(key);
  }

  async #openNotes() {
    try {
      await this.app.channels.openDirect([]);
    } catch {
      this.app.ui.say(t("This could not be opened. Is there a connection?"));
    }
  }

  /**
   * @param {"channel" | "section" | "workspace"} kind
   * @param {string} id
   * @param {MouseEvent} event
   */
  #openMenu(kind, id, event) {
    const from = /** @type {HTMLElement} */ (event.currentTarget);
    this.app.ui.sideMenu.value = { kind, id, from };
  }

  /**
   * @param {MouseEvent} event
   * @param {string} channelId
   */
  #onContextMenu(event, channelId) {
    if (event.shiftKey) return;
    event.preventDefault();
    this.#openLineMenu(/** @type {HTMLElement} */ (event.currentTarget), channelId);
  }

  /**
   * @param {HTMLElement} item
   * @param {string} channelId
   */
  #openLineMenu(item, channelId) {
    const from = item.querySelector("button");
    if (from) this.app.ui.sideMenu.value = { kind: "channel", id: channelId, from };
  }

  /**
   * Not every browser makes a long press a `contextmenu`.
   *
   * @param {PointerEvent} event
   * @param {string} channelId
   */
  #onPress(event, channelId) {
    this.isPressed = false;
    if (event.pointerType === "mouse") return;
    const item = /** @type {HTMLElement} */ (event.currentTarget);
    clearTimeout(this.pressTimer);
    this.pressTimer = setTimeout(() => {
      this.isPressed = true;
      this.#openLineMenu(item, channelId);
    }, LONG_PRESS_MS);
  }

  #onRelease() {
    clearTimeout(this.pressTimer);
  }

  /** @param {PointerEvent} event */
  #onMove(event) {
    if (Math.abs(event.movementX) + Math.abs(event.movementY) > 3) clearTimeout(this.pressTimer);
  }

  /** @param {MouseEvent} event */
  #onClick(event) {
    if (this.isPressed) event.preventDefault();
    this.isPressed = false;
  }
}

/** @param {SidebarGroup} group */
function labelOf({ kind, section }) {
  if (section) return section.name;
  if (kind === "favourites") return t("Favourites");
  return kind === "channels" ? t("Channels") : t("Direct messages");
}

customElements.define("parley-sidebar", Sidebar);
