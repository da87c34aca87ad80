/**
 * @import { Profile, User, UserChange } from "../protocol.generated.d.ts"
 * @import { PresenceState } from "../store/state.js"
 */

import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { zoneSentence } from "../lib/time.js";
import { isKnownZone, zoneHere } from "../lib/zones.js";
import { sentence } from "../session/loader.js";
import { canManagePerson, ownPresence, rolesToGive } from "../store/selectors.js";
import { hasStatus } from "../store/status.js";
import { avatar, PRESENCE_LABEL, presenceDot } from "./avatar.js";
import { icon } from "./icon.js";
import { PanelElement } from "./panel_element.js";
import { roleLabel } from "./roles.js";
import { statusEmoji, statusText } from "./status_mark.js";

const PICTURE = 128;

/** Who somebody is, and what one can do with them. */
class PersonCard extends PanelElement {
  static properties = {
    userId: {},
    profile: { state: true },
    problem: { state: true },
    isBusy: { state: true },
  };

  constructor() {
    super();
    this.userId = "";
    /** @type {Profile | null} */
    this.profile = null;
    this.problem = "";
    this.isBusy = false;
    /** @type {User | undefined | null} what was known of them when the profile was asked for */
    this.asked = null;
    this.askedId = "";
  }

  get heading() {
    return t("Profile");
  }

  get cameFrom() {
    const panel = this.app.ui.panel.value;
    return panel?.kind === "person" ? panel.back ?? null : null;
  }

  updated() {
    // Somebody else, or the same with another name or picture: then the rest may be another, too.
    const known = this.app.view.users.peek()[this.userId];
    if (this.asked === known && this.askedId === this.userId) return;
    this.asked = known;
    this.askedId = this.userId;
    this.#load();
  }

  renderBody() {
    const { view } = this.app;
    const known = view.users.value[this.userId];
    const user = known ?? this.profile;
    const isThis = this.profile?.id === this.userId;
    if (!user) {
      return html`<div class="card">${
        this.problem ? this.#failure() : html`<p class="hint">${t("Loading…")}</p>`
      }</div>`;
    }
    const presence = user.is_active ? view.presence.value[this.userId] ?? "unknown" : undefined;
    const isMe = user.id === view.me.value.id;
    const profile = isMe ? view.me.value : isThis ? this.profile : null;
    return html`
      <div class="card" tabindex="-1">
        <div class="card-picture">${avatar(user, undefined, { size: PICTURE })}</div>
        <div class="card-names">
          <h3>${user.display_name || user.username}</h3>
          ${profile?.pronouns ? html`<span class="hint">${profile.pronouns}</span>` : nothing}
          ${user.is_bot ? html`<span class="tag">${t("Bot")}</span>` : nothing}
          ${user.role === "member"
            ? nothing
            : html`<span class="tag">${roleLabel(user.role)}</span>`}
        </div>
        ${user.title ? html`<p class="card-title">${user.title}</p>` : nothing}
        ${user.is_active
          ? nothing
          : html`<p class="card-gone">${icon("user-x")}${t("This account is deactivated.")}</p>`}
        <dl class="card-facts">
          ${presence === undefined ? nothing : html`
            <div>
              <dt class="vh">${t("Presence")}</dt>
              <dd class="card-fact">${inlineDot(presence)}${this.#presence(presence, isMe)}</dd>
            </div>
          `}
          ${isKnownZone(user.time_zone)
            ? html`
              <div>
                <dt class="vh">${t("Local time")}</dt>
                <dd class="card-fact">${icon("clock")}${this.#localTime(user)}</dd>
              </div>
            `
            : nothing}
          <div>
            <dt class="vh">${t("Username")}</dt>
            <dd class="card-fact">${icon("at-sign")}${user.username}</dd>
          </div>
        </dl>
        ${user.is_active && hasStatus(user)
          ? html`<p class="card-status"><span class="status-mark">${statusEmoji(user)}</span>${
            statusText(user)
          }</p>`
          : nothing}
        <p class="card-acts">${this.#acts(user, isMe)}</p>
        ${this.problem ? this.#failure() : nothing}
        ${profile?.about
          ? html`
            <section>
              <h4>${t("About")}</h4>
              <p class="card-about">${profile.about}</p>
            </section>
          `
          : nothing}
        ${this.#managing(user, isMe)}
      </div>
    `;
  }

  /**
   * @param {PresenceState} seen
   * @param {boolean} isMe
   */
  #presence(seen, isMe) {
    const presence = isMe ? ownPresence(this.app.view.me.value, seen) : seen;
    return presence === "invisible" ? t("Invisible: offline to others") : PRESENCE_LABEL[presence];
  }

  /** @param {User} user */
  #localTime({ time_zone }) {
    const { ui, view } = this.app;
    const mine = view.me.value.time_zone;
    return zoneSentence(time_zone, isKnownZone(mine) ? mine : zoneHere(), ui.minute.value);
  }

  /**
   * @param {User} user
   * @param {boolean} isMe
   */
  #acts(user, isMe) {
    const { people, ui } = this.app;
    return html`
      ${isMe
        ? html`
          <button
            type="button"
            class="button"
            data-tone="primary"
            @click=${() => ui.openDialog("settings", "profile")}
          >${icon("pencil")}${t("Edit profile")}</button>
        `
        : nothing}
      ${user.is_active && !isMe
        ? html`
          <button
            type="button"
            class="button"
            data-tone="primary"
            @click=${() => people.message(user)}
          >${icon("message-circle")}${t("Message")}</button>
        `
        : nothing}
      <button type="button" class="button" @click=${() => people.copyName(user)}>
        ${icon("copy")}${t("Copy @name")}
      </button>
    `;
  }

  /**
   * @param {User} user
   * @param {boolean} isMe
   */
  #managing(user, isMe) {
    const me = this.app.view.me.value;
    if (isMe || !canManagePerson(me, user)) return nothing;
    const roles = rolesToGive(me, user);
    return html`
      <section class="card-managing">
        <h4>${t("Manage")}</h4>
        <div class="field">
          <label for="card-role">${t("Role in the workspace")}</label>
          <select
            class="input"
            id="card-role"
            ?disabled=${this.isBusy || !user.is_active}
            @change=${(/** @type {Event} */ event) => this.#giveRole(user, event)}
          >${roles.map((role) =>
            html`<option value=${role} ?selected=${role === user.role}>${roleLabel(role)}</option>`
          )}</select>
        </div>
        ${user.is_active
          ? html`
            <button
              type="button"
              class="button"
              ?disabled=${this.isBusy}
              @click=${() => this.#deactivate(user)}
            >${icon("user-x")}${t("Deactivate account…")}</button>
          `
          : html`
            <button
              type="button"
              class="button"
              ?disabled=${this.isBusy}
              @click=${() => this.#change(user, { is_active: true })}
            >${icon("user-check")}${t("Let in again")}</button>
          `}
      </section>
    `;
  }

  #failure() {
    return html`
      <p class="field-error" role="alert">
        ${this.problem}
        <button type="button" class="button" data-size="small" @click=${this.#load}>
          ${t("Try again")}
        </button>
      </p>
    `;
  }

  /**
   * @param {User} user
   * @param {Event} event
   */
  async #giveRole(user, event) {
    const field = /** @type {HTMLSelectElement} */ (event.target);
    await this.#change(user, { role: /** @type {User["role"]} */ (field.value) });
    field.value = this.app.view.users.peek()[user.id]?.role ?? user.role;
  }

  /** @param {User} user */
  async #deactivate(user) {
    if (await this.app.people.confirmDeactivation(user)) {
      await this.#change(user, { is_active: false });
    }
  }

  /**
   * @param {User} user
   * @param {UserChange} change
   */
  async #change(user, change) {
    this.isBusy = true;
    try {
      this.profile = await this.app.people.change(user, change);
    } catch (error) {
      this.app.ui.say(t("Nothing was changed. {why}", { why: sentence(error) }));
    } finally {
      this.isBusy = false;
    }
  }

  async #load() {
    const { userId } = this;
    this.problem = "";
    try {
      const profile = await this.app.people.profile(userId);
      if (userId === this.userId) this.profile = profile;
    } catch (error) {
      if (userId === this.userId) this.problem = sentence(error);
    }
  }
}

/** @param {PresenceState} presence */
function inlineDot(presence) {
  return html`<span class="card-dot">${presenceDot(presence)}</span>`;
}

customElements.define("parley-person-card", PersonCard);
