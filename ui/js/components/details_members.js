/** @import { ChannelView, Member } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { locale, t } from "../lib/i18n.js";
import { folded } from "../lib/ranking.js";
import { changeMember, removeMember } from "../rest/channels.js";
import { canManage, displayName, isWorkspaceAdmin } from "../store/selectors.js";
import { avatar } from "./avatar.js";
import { icon } from "./icon.js";
import { ManageElement } from "./manage_element.js";

const byName = new Intl.Collator(locale(), { sensitivity: "base" });
const RANKS = { owner: 0, admin: 1, member: 2 };

/** Who is in the channel and what they may do there. */
class DetailsMembers extends ManageElement {
  static properties = {
    ...ManageElement.properties,
    channel: { attribute: false },
    wanted: { state: true },
  };

  constructor() {
    super();
    /** @type {ChannelView} */
    this.channel;
    this.wanted = "";
  }

  updated() {
    const list = this.app.view.members.peek();
    const isMore = list === null || (list.hasMore && !list.isLoading && !list.error);
    if (isMore && this.app.view.openId.peek() !== null) {
      this.app.loader.members(this.app.view.openId.peek() ?? "");
    }
  }

  render() {
    const { view, ui } = this.app;
    const { channel } = this;
    const list = view.members.value;
    const canAdd = channel.kind !== "dm" && view.me.value.role !== "guest" &&
      channel.archived_at === null &&
      (channel.membership !== null || isWorkspaceAdmin({ me: view.me.value }));
    const members = this.#matching(list?.rows ?? []);
    return html`
      <div class="browse-field">
        <input
          type="search"
          class="input"
          aria-label=${t("Find a member")}
          placeholder=${t("Find a member")}
          .value=${this.wanted}
          @input=${this.#onInput}
        />
        ${canAdd
          ? html`
            <button
              type="button"
              class="button"
              @click=${() => ui.openDialog("add", channel.id)}
            >${icon("user-plus")}${t("Add")}</button>
          `
          : nothing}
      </div>
      ${this.renderProblem()}
      <ul class="manage-list">${repeat(
        members,
        ({ user_id }) => user_id,
        (member) => this.#line(member),
      )}</ul>
      ${list?.isLoading
        ? html`<p class="hint">${t("Loading…")}</p>`
        : members.length === 0 && list
        ? html`<p class="hint">${t("Nobody here is called so.")}</p>`
        : nothing}
      ${list?.error ? html`<p class="field-error" role="alert">${list.error}</p>` : nothing}
    `;
  }

  /** @param {Member} member */
  #line(member) {
    const { view, ui } = this.app;
    const { user_id } = member;
    const user = view.users.value[user_id];
    const name = displayName(view.users.value, user_id);
    const isMe = user_id === view.me.value.id;
    return html`
      <li class="manage-line">
        ${avatar(user, view.presence.value[user_id])}
        <button
          type="button"
          class="manage-names plain-link"
          @click=${() => ui.togglePanel({ kind: "person", userId: user_id })}
        ><span>${name}${isMe
          ? html`
            <span class="hint">${t("(you)")}</span>
          `
          : nothing}</span><span
          class="hint"
        >@${user?.username}${user?.is_bot ? ` · ${t("Bot")}` : ""}</span></button>
        ${this.#rights(member, name)}
      </li>
    `;
  }

  /**
   * @param {Member} member
   * @param {string} name
   */
  #rights(member, name) {
    const { me } = this.app.view;
    const { role, user_id } = member;
    const isManager = canManage(this.channel, me.value);
    const isOwner = isWorkspaceAdmin({ me: me.value }) ||
      this.channel.membership?.role === "owner";
    const roles = /** @type {const} */ (["owner", "admin", "member"]);
    return html`
      ${isOwner && this.channel.kind !== "dm"
        ? html`
          <select
            class="select"
            aria-label=${t("Role of {name} in this channel", { name })}
            ?disabled=${this.isBusy}
            @change=${(/** @type {Event} */ event) => this.#setRole(member, event)}
          >${roles.map((one) =>
            html`<option value=${one} ?selected=${one === role}>${channelRoleLabel(one)}</option>`
          )}</select>
        `
        : role === "member"
        ? nothing
        : html`<span class="tag">${channelRoleLabel(role)}</span>`} ${isManager &&
          user_id !== me.value.id
        ? html`
          <button
            type="button"
            class="icon-button"
            data-tone="danger"
            aria-label=${t("Remove {name}", { name })}
            title=${t("Remove from the channel")}
            @click=${() => this.#remove(member, name)}
          >${icon("user-minus")}</button>
        `
        : isManager
        ? html`<span class="icon-button"></span>`
        : nothing}
    `;
  }

  /** @param {Member[]} rows */
  #matching(rows) {
    const { users } = this.app.view;
    const wanted = folded(this.wanted.trim().replace(/^@/, "")).text;
    const name = (/** @type {Member} */ { user_id }) => displayName(users.value, user_id);
    return rows.filter((member) =>
      folded(`${name(member)} ${users.value[member.user_id]?.username ?? ""}`).text
        .includes(wanted)
    ).toSorted((a, b) => RANKS[a.role] - RANKS[b.role] || byName.compare(name(a), name(b)));
  }

  /** @param {InputEvent} event */
  #onInput(event) {
    this.wanted = /** @type {HTMLInputElement} */ (event.target).value;
  }

  /**
   * @param {Member} member
   * @param {Event} event
   */
  async #setRole({ channel_id, user_id, role }, event) {
    const field = /** @type {HTMLSelectElement} */ (event.target);
    const wanted = /** @type {Member["role"]} */ (field.value);
    const isDone = await this.attempt(async () => {
      await changeMember(this.app.api, channel_id, user_id, wanted);
    });
    if (!isDone) field.value = role;
  }

  /**
   * @param {Member} member
   * @param {string} name
   */
  async #remove({ channel_id, user_id }, name) {
    const isConfirmed = await this.app.ui.confirm({
      title: t("Remove {name}?", { name }),
      text: this.channel.kind === "private"
        ? t("They lose sight of the channel at once. Somebody has to add them to bring them back.")
        : t("They are out at once, and can join again."),
      action: t("Remove"),
    });
    if (!isConfirmed) return;
    await this.attempt(async () => {
      await removeMember(this.app.api, channel_id, user_id);
    });
  }
}

/** @param {Member["role"]} role */
function channelRoleLabel(role) {
  return { owner: t("Owner"), admin: t("Admin"), member: t("Member") }[role];
}

customElements.define("parley-details-members", DetailsMembers);
