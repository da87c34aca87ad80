/** @import { UserGroup } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { t, tn } from "../lib/i18n.js";
import { LIMIT } from "../protocol.generated.js";
import { changeGroup, createGroup, deleteGroup, groups } from "../rest/workspace.js";
import { displayName, isWorkspaceAdmin } from "../store/selectors.js";
import { icon } from "./icon.js";
import { fieldsOf, ManageElement } from "./manage_element.js";
import "./people_picker.js";

/** People who are mentioned together. Admins make and change them; all see them. */
class WorkspaceGroups extends ManageElement {
  static properties = {
    ...ManageElement.properties,
    rows: { state: true },
    edited: { state: true },
    chosen: { state: true },
  };

  constructor() {
    super();
    /** @type {UserGroup[] | null} */
    this.rows = null;
    /** @type {UserGroup | "new" | null} */
    this.edited = null;
    /** @type {string[]} */
    this.chosen = [];
  }

  async load() {
    this.rows = await groups(this.app.api);
  }

  render() {
    const isAdmin = isWorkspaceAdmin({ me: this.app.view.me.value });
    if (this.edited) return this.#form(this.edited);
    return html`
      <p class="hint">${t("Whoever writes @design calls everybody in the group of that name.")}</p>
      ${this.renderProblem()}
      <ul class="manage-list">${(this.rows ?? []).map((group) => this.#line(group, isAdmin))}</ul>
      ${this.rows?.length === 0
        ? html`<p class="hint">${t("There is no group yet.")}</p>`
        : nothing}
      ${isAdmin
        ? html`
          <p class="dialog-actions">
            <button type="button" class="button" data-tone="primary"
              @click=${() => this.#edit("new")}>${icon("plus")}${t("New group")}</button>
          </p>
        `
        : nothing}
    `;
  }

  /**
   * @param {UserGroup} group
   * @param {boolean} isAdmin
   */
  #line(group, isAdmin) {
    const { users } = this.app.view;
    const names = group.user_ids.slice(0, 5).map((id) => displayName(users.value, id)).join(", ");
    const count = tn("{count} person", "{count} people", group.user_ids.length);
    return html`
      <li class="manage-line">
        <span class="manage-names">
          <span><b>@${group.handle}</b> ${group.name}</span>
          <span class="hint">${count}${names ? ` · ${names}` : ""}</span>
        </span>
        ${isAdmin
          ? html`
            <button
              type="button"
              class="icon-button"
              aria-label=${t("Change @{handle}", { handle: group.handle })}
              @click=${() => this.#edit(group)}
            >${icon("pencil")}</button>
            <button
              type="button"
              class="icon-button"
              data-tone="danger"
              aria-label=${t("Delete @{handle}", { handle: group.handle })}
              @click=${() => this.#remove(group)}
            >${icon("trash-2")}</button>
          `
          : nothing}
      </li>
    `;
  }

  /** @param {UserGroup | "new"} edited */
  #form(edited) {
    const group = edited === "new" ? null : edited;
    return html`
      <form class="form" @submit=${this.#save}>
        <div class="field-row">
          <div class="field">
            <label for="group-handle">${t("Handle")}</label>
            <input
              class="input"
              id="group-handle"
              name="handle"
              required
              autofocus
              autocomplete="off"
              autocapitalize="off"
              spellcheck="false"
              placeholder="design"
              pattern="[a-z0-9]([a-z0-9._\\-]*[a-z0-9_])?"
              maxlength=${LIMIT.USERNAME_MAX_CHARS}
              .value=${group?.handle ?? ""}
            />
          </div>
          <div class="field">
            <label for="group-name">${t("Name")}</label>
            <input
              class="input"
              id="group-name"
              name="name"
              required
              autocomplete="off"
              placeholder=${t("Design team")}
              maxlength=${LIMIT.NAME_MAX_CHARS}
              .value=${group?.name ?? ""}
            />
          </div>
        </div>
        <parley-people-picker
          .app=${this.app}
          .label=${t("Members")}
          .chosen=${this.chosen}
          .max=${LIMIT.GROUP_MAX_USERS}
          @pick=${(/** @type {CustomEvent<string[]>} */ event) => this.chosen = event.detail}
        ></parley-people-picker>
        ${this.renderProblem()}
        <p class="dialog-actions">
          <button type="button" class="button" @click=${() => this.edited = null}>
            ${t("Cancel")}
          </button>
          <button class="button" data-tone="primary" ?disabled=${this.isBusy}>${t("Save")}</button>
        </p>
      </form>
    `;
  }

  /** @param {UserGroup | "new"} edited */
  #edit(edited) {
    this.problem = "";
    this.edited = edited;
    this.chosen = edited === "new" ? [] : edited.user_ids;
  }

  /** @param {SubmitEvent} event */
  #save(event) {
    const data = fieldsOf(event);
    const fields = {
      handle: String(data.get("handle")).trim(),
      name: String(data.get("name")).trim(),
      user_ids: this.chosen,
    };
    const { edited } = this;
    this.attempt(async () => {
      if (edited === "new") await createGroup(this.app.api, fields);
      else if (edited) await changeGroup(this.app.api, edited.id, fields);
      this.edited = null;
      await this.load();
    });
  }

  /** @param {UserGroup} group */
  async #remove(group) {
    const isConfirmed = await this.app.ui.confirm({
      title: t("Delete the group @{handle}?", { handle: group.handle }),
      text: t("Nobody can be called by it any more. The people stay."),
      action: t("Delete group"),
    });
    if (!isConfirmed) return;
    this.attempt(async () => {
      await deleteGroup(this.app.api, group.id);
      await this.load();
    });
  }
}

customElements.define("parley-workspace-groups", WorkspaceGroups);
