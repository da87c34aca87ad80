/**
 * @import { ChannelView, Section } from "../protocol.generated.d.ts"
 * @import { SideMenu as OpenMenu } from "../ui_state.js"
 */

import { html, nothing } from "lit";
import { levelLabel, LEVELS } from "../lib/levels.js";
import { t } from "../lib/i18n.js";
import { onMenuKey } from "../lib/menu_keys.js";
import { SignalElement } from "../lib/signal_element.js";
import { isWorkspaceAdmin } from "../store/selectors.js";
import { icon } from "./icon.js";

/** The menu of a line, of a section or of the workspace: one, wherever it is opened. */
class SideMenu extends SignalElement {
  static properties = { leaf: { state: true } };

  constructor() {
    super();
    /** @type {"" | "level" | "move"} */
    this.leaf = "";
    /** @type {OpenMenu | null} */
    this.shown = null;
  }

  get #menu() {
    return /** @type {HTMLElement} */ (this.querySelector(".menu"));
  }

  render() {
    const open = this.app.ui.sideMenu.value;
    return html`
      <div
        class="menu side-menu"
        popover
        role="menu"
        aria-label=${t("Menu")}
        @toggle=${this.#onToggle}
        @keydown=${onMenuKey}
        @click=${this.#onClick}
      >${open ? this.#items(open) : nothing}</div>
    `;
  }

  updated() {
    const open = this.app.ui.sideMenu.peek();
    if (open !== this.shown) {
      this.shown = open;
      this.leaf = "";
      if (!open) return;
      if (this.#menu.matches(":popover-open")) this.#menu.hidePopover();
      this.#menu.showPopover({ source: open.from });
      this.#focusFirst();
    }
  }

  /** @param {OpenMenu} open */
  #items({ kind, id }) {
    const { view } = this.app;
    if (kind === "workspace") return this.#workspace();
    if (kind === "section") {
      const section = view.sections.value.find((one) => one.id === id);
      return section ? this.#section(section) : nothing;
    }
    const channel = view.channels.value[id];
    if (!channel?.membership) return nothing;
    if (this.leaf === "level") return this.#levels(channel);
    if (this.leaf === "move") return this.#sections(channel);
    return this.#channel(channel);
  }

  // ── Of a conversation ─────────────────────────────────────────────────────────────────────

  /** @param {ChannelView} channel */
  #channel(channel) {
    const { channels, view } = this.app;
    const { id, kind, membership } = channel;
    if (!membership) return nothing;
    const { is_favourite, is_muted } = membership;
    const line = view.lines.value.find((one) => one.channel.id === id);
    return html`
      ${line && line.messages > 0
        ? item("check", t("Mark as read"), () => channels.markRead(id))
        : nothing} ${item(
          is_favourite ? "star-off" : "star",
          is_favourite ? t("Remove from favourites") : t("Add to favourites"),
          () => channels.setMembership(id, { is_favourite: !is_favourite }),
        )} ${item("folder", t("Move to section…"), () => this.#open("move"), true)} ${item(
          is_muted ? "bell" : "bell-off",
          is_muted ? t("Unmute") : t("Mute"),
          () => channels.setMembership(id, { is_muted: !is_muted }),
        )} ${item("bell-ring", t("Notify me of…"), () => this.#open("level"), true)} ${item(
          "link",
          t("Copy link"),
          () => channels.copyLink(id),
        )}
      <hr />
      ${kind === "dm"
        ? item("x", t("Close conversation"), () => channels.close(id))
        : html`${item("info", t("Channel details"), () => this.#details(id))} ${
          item(
            "log-out",
            t("Leave channel…"),
            () => channels.leave(channel),
          )
        }`}
      <hr />
      ${item("check-check", t("Mark everything as read"), () => channels.markAllRead())}
    `;
  }

  /** @param {ChannelView} channel */
  #levels({ id, membership }) {
    return html`
      ${this.#back(t("Notify me of"))} ${LEVELS.map((level) =>
        choice(
          levelLabel(level),
          membership?.level === level,
          () => this.app.channels.setMembership(id, { level }),
        )
      )}
    `;
  }

  /** @param {ChannelView} channel */
  #sections({ id, membership }) {
    const { channels, ui, view } = this.app;
    return html`
      ${this.#back(t("Move to section"))} ${choice(
        t("No section"),
        membership?.section_id === null,
        () => channels.setMembership(id, { section_id: null }),
      )} ${view.sections.value.map((section) =>
        choice(
          section.name,
          membership?.section_id === section.id,
          () => channels.setMembership(id, { section_id: section.id }),
        )
      )}
      <hr />
      ${item("folder-plus", t("New section…"), () => ui.openDialog("section", `for:${id}`))}
    `;
  }

  /** @param {string} label */
  #back(label) {
    return html`
      <button type="button" role="menuitem" data-stays @click=${() => this.#open("")}>
        ${icon("arrow-left")}<b>${label}</b>
      </button>
    `;
  }

  // ── Of a section ──────────────────────────────────────────────────────────────────────────

  /** @param {Section} section */
  #section(section) {
    const { sections, ui, view } = this.app;
    const place = view.sections.value.findIndex(({ id }) => id === section.id);
    return html`
      ${item(
        "pencil",
        t("Rename section…"),
        () => ui.openDialog("section", section.id),
      )} ${place > 0
        ? item("arrow-up", t("Move up"), () => sections.move(section.id, -1))
        : nothing} ${place < view.sections.value.length - 1
        ? item("arrow-down", t("Move down"), () => sections.move(section.id, 1))
        : nothing} ${item("folder-plus", t("New section…"), () => ui.openDialog("section", "new"))}
      <hr />
      ${item("trash-2", t("Delete section…"), () => sections.remove(section))}
    `;
  }

  // ── Of the workspace ──────────────────────────────────────────────────────────────────────

  #workspace() {
    const { channels, ui, view } = this.app;
    const me = view.me.value;
    const open = (/** @type {string} */ tab) => () => ui.openDialog("workspace", tab);
    return html`
      ${isWorkspaceAdmin({ me })
        ? html`${item("user-plus", t("Invite people"), open("invites"))} ${
          item(
            "settings",
            t("Workspace settings"),
            open("settings"),
          )
        } ${item("users", t("People and roles"), open("people"))} ${
          item(
            "bot",
            t("Bots"),
            open("bots"),
          )
        }`
        : nothing} ${me.role === "guest"
        ? nothing
        : item("smile-plus", t("Custom emoji"), open("emoji"))} ${item(
          "at-sign",
          t("Groups"),
          open("groups"),
        )}
      <hr />
      ${item("folder-plus", t("New section…"), () => ui.openDialog("section", "new"))} ${item(
        "check-check",
        t("Mark everything as read"),
        () => channels.markAllRead(),
      )} ${item("keyboard", t("Keyboard shortcuts"), () => ui.openDialog("shortcuts"))}
    `;
  }

  // ── Opening and closing ───────────────────────────────────────────────────────────────────

  /** @param {"" | "level" | "move"} leaf */
  async #open(leaf) {
    this.leaf = leaf;
    await this.updateComplete;
    this.#focusFirst();
  }

  #focusFirst() {
    /** @type {HTMLElement | null} */ (this.#menu.querySelector('[role^="menuitem"]'))?.focus();
  }

  /** @param {string} channelId */
  #details(channelId) {
    const { places, ui } = this.app;
    places.open(channelId);
    ui.panel.value = { kind: "details" };
  }

  /** @param {ToggleEvent} event */
  #onToggle(event) {
    if (event.newState === "closed") this.app.ui.sideMenu.value = null;
  }

  /** @param {Event} event */
  #onClick(event) {
    const button = /** @type {Element} */ (event.target).closest("button");
    if (button && !("stays" in button.dataset)) this.#menu.hidePopover();
  }
}

/**
 * @param {string} picture
 * @param {string} label
 * @param {() => void} run
 * @param {boolean} [stays] it leads on inside the menu
 */
function item(picture, label, run, stays = false) {
  return html`
    <button type="button" role="menuitem" ?data-stays=${stays} @click=${run}>
      ${icon(picture)}<span>${label}</span>${stays ? icon("chevron-right") : nothing}
    </button>
  `;
}

/**
 * @param {string} label
 * @param {boolean} isChosen
 * @param {() => void} run
 */
function choice(label, isChosen, run) {
  return html`
    <button
      type="button"
      role="menuitemradio"
      aria-checked=${isChosen ? "true" : "false"}
      @click=${run}
    >${isChosen ? icon("check") : html`<span class="icon"></span>`}<span>${label}</span></button>
  `;
}

customElements.define("parley-side-menu", SideMenu);
