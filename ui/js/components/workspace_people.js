/** @import { User } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { locale, t, tn } from "../lib/i18n.js";
import { folded } from "../lib/ranking.js";
import { changeUser } from "../rest/workspace.js";
import { withUsers } from "../store/snapshots.js";
import { avatar } from "./avatar.js";
import { ManageElement } from "./manage_element.js";

const byName = new Intl.Collator(locale(), { sensitivity: "base" });
const SHOWN = 50;

/** @typedef {User["role"]} Role */

/** Everybody with their roles, and who is let in. */
class WorkspacePeople extends ManageElement {
  static properties = {
    ...ManageElement.properties,
    wanted: { state: true },
    shown: { state: true },
  };

  constructor() {
    super();
    this.wanted = "";
    this.shown = SHOWN;
  }

  async load() {
    await this.app.loader.directory();
  }

  render() {
    const people = this.#matching();
    return html`
      <input
        type="search"
        class="input"
        aria-label=${t("Find a person")}
        placeholder=${t("Find a person by name, username or title")}
        .value=${this.wanted}
        @input=${this.#onInput}
      />
      ${this.renderProblem()}
      <ul class="manage-list">${repeat(
        people.slice(0, this.shown),
        ({ id }) => id,
        (user) => this.#line(user),
      )}</ul>
      <p class="hint" role="status">${people.length === 0
        ? t("Nobody is called so.")
        : tn("{count} person", "{count} people", people.length)}</p>
      ${people.length > this.shown
        ? html`<button type="button" class="button" @click=${() => this.shown += SHOWN}>
          ${t("Show more")}
        </button>`
        : nothing}
    `;
  }

  /** @param {User} user */
  #line(user) {
    const me = this.app.view.me.value;
    const isMe = user.id === me.id;
    const roles = this.#roles(user);
    return html`
      <li class="manage-line" ?data-off=${!user.is_active}>
        ${avatar(user)}
        <span class="manage-names">
          <span>${user.display_name || user.username}${isMe
            ? html`
              <span class="hint">${t("(you)")}</span>
            `
            : nothing}${user.is_active ? nothing : html`
            <span class="tag">${t("Deactivated")}</span>
          `}</span>
          <span class="hint">@${user.username}${user.title ? ` · ${user.title}` : ""}</span>
        </span>
        ${roles.length > 0
          ? html`
            <select
              class="select"
              aria-label=${t("Role of {name}", { name: user.display_name })}
              ?disabled=${this.isBusy}
              @change=${(/** @type {Event} */ event) => this.#setRole(user, event)}
            >${roles.map((role) =>
              html`<option value=${role} ?selected=${role === user.role}>${
                roleLabel(
                  role,
                )
              }</option>`
            )}</select>
            <button
              type="button"
              class="button"
              data-size="small"
              aria-label=${user.is_active
                ? t("Deactivate {name}", { name: user.display_name })
                : t("Reactivate {name}", { name: user.display_name })}
              ?disabled=${this.isBusy}
              @click=${() => this.#setActive(user)}
            >${user.is_active ? t("Deactivate") : t("Reactivate")}</button>
          `
          : html`<span class="tag">${roleLabel(user.role)}</span>`}
      </li>
    `;
  }

  /**
   * The roles that I can give this person; none: they are not mine to change.
   *
   * @param {User} user
   * @returns {Role[]}
   */
  #roles(user) {
    const me = this.app.view.me.value;
    if (user.id === me.id) return [];
    if (me.role === "owner") return ["owner", "admin", "member", "guest"];
    const isAbove = user.role === "owner" || user.role === "admin";
    return isAbove ? [] : ["member", "guest"];
  }

  #matching() {
    const wanted = folded(this.wanted.trim().replace(/^@/, "")).text;
    return Object.values(this.app.view.users.value).filter((user) =>
      !user.is_bot &&
      folded(`${user.display_name} ${user.username} ${user.title}`).text.includes(wanted)
    ).sort((a, b) =>
      Number(b.is_active) - Number(a.is_active) || byName.compare(a.display_name, b.display_name)
    );
  }

  /** @param {InputEvent} event */
  #onInput(event) {
    this.wanted = /** @type {HTMLInputElement} */ (event.target).value;
    this.shown = SHOWN;
  }

  /**
   * @param {User} user
   * @param {Event} event
   */
  async #setRole(user, event) {
    const field = /** @type {HTMLSelectElement} */ (event.target);
    const role = /** @type {Role} */ (field.value);
    const isDone = await this.attempt(async () => {
      const changed = await changeUser(this.app.api, user.id, { role });
      this.app.store.update((state) => withUsers(state, [changed]));
    });
    if (!isDone) field.value = user.role;
  }

  /** @param {User} user */
  async #setActive(user) {
    const name = user.display_name || user.username;
    const isConfirmed = !user.is_active || await this.app.ui.confirm({
      title: t("Deactivate {name}?", { name }),
      text: t(
        "They are signed out everywhere at once and cannot come back in. What they wrote stays, and you can let them in again.",
      ),
      action: t("Deactivate"),
    });
    if (!isConfirmed) return;
    await this.attempt(async () => {
      const changed = await changeUser(this.app.api, user.id, { is_active: !user.is_active });
      this.app.store.update((state) => withUsers(state, [changed]));
    });
  }
}

/** @param {Role} role */
export function roleLabel(role) {
  return { owner: t("Owner"), admin: t("Admin"), member: t("Member"), guest: t("Guest") }[role];
}

customElements.define("parley-workspace-people", WorkspacePeople);
