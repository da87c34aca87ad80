/** @import { Workspace } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { LIMIT } from "../protocol.generated.js";
import { changeWorkspace, workspace } from "../rest/workspace.js";
import { withWorkspaceName } from "../store/snapshots.js";
import { fieldsOf, ManageElement } from "./manage_element.js";

/** The name of the workspace, who may come in, and who may call everyone. */
class WorkspaceSettings extends ManageElement {
  static properties = {
    ...ManageElement.properties,
    row: { state: true },
    signUp: { state: true },
  };

  constructor() {
    super();
    /** @type {Workspace | null} */
    this.row = null;
    /** @type {Workspace["sign_up"]} */
    this.signUp = "closed";
  }

  async load() {
    this.#take(await workspace(this.app.api));
  }

  render() {
    const { row } = this;
    if (!row) return html`${this.renderProblem()}<p class="hint">${t("Loading…")}</p>`;
    const ways = /** @type {[Workspace["sign_up"], string, string][]} */ ([
      ["closed", t("Only with an invite"), t("Nobody makes an account by themselves.")],
      ["domains", t("With an address of these domains"), t("They confirm it by mail.")],
      ["open", t("Everybody"), t("Whoever reaches this page can make an account.")],
    ]);
    return html`
      <form class="form" @submit=${this.#save}>
        <div class="field">
          <label for="workspace-name">${t("Name of the workspace")}</label>
          <input
            class="input"
            id="workspace-name"
            name="name"
            required
            autocomplete="off"
            maxlength=${LIMIT.NAME_MAX_CHARS}
            .value=${row.name}
          />
        </div>
        <fieldset class="kinds">
          <legend>${t("Who may come in?")}</legend>
          ${ways.map(([way, label, hint]) =>
            html`<label data-plain><input
              type="radio"
              name="sign_up"
              value=${way}
              .checked=${this.signUp === way}
              @change=${() => this.signUp = way}
            /><span><b>${label}</b><span class="hint">${hint}</span></span></label>`
          )}
        </fieldset>
        ${this.signUp === "domains"
          ? html`
            <div class="field">
              <label for="email-domains">${t("E-mail domains")}</label>
              <textarea
                class="input"
                id="email-domains"
                name="email_domains"
                rows="3"
                placeholder="example.org"
                aria-describedby="email-domains-hint"
                .value=${row.email_domains.join("\n")}
              ></textarea>
              <p class="hint" id="email-domains-hint">${t("One in each line.")}</p>
            </div>
          `
          : nothing}
        <label class="field"><span class="field-label">${t(
          "Who may call everyone with @channel and @here?",
        )}</span>
          <select class="select" name="broad_mentions">
            ${this.#option("everyone", t("Everyone but guests"))} ${this.#option(
              "moderators",
              t("Those who run the channel"),
            )} ${this.#option("nobody", t("Nobody"))}
          </select>
        </label>
        ${this.renderProblem()}
        <p class="dialog-actions">
          <a class="button" href="/admin/">${t("Open the admin")}</a>
          <button class="button" data-tone="primary" ?disabled=${this.isBusy}>${t("Save")}</button>
        </p>
      </form>
    `;
  }

  /**
   * @param {Workspace["broad_mentions"]} value
   * @param {string} label
   */
  #option(value, label) {
    const isChosen = this.row?.broad_mentions === value;
    return html`<option value=${value} ?selected=${isChosen}>${label}</option>`;
  }

  /** @param {SubmitEvent} event */
  #save(event) {
    const data = fieldsOf(event);
    const domains = data.get("email_domains");
    this.attempt(async () => {
      this.#take(
        await changeWorkspace(this.app.api, {
          name: String(data.get("name")).trim(),
          sign_up: this.signUp,
          broad_mentions: /** @type {Workspace["broad_mentions"]} */ (data.get("broad_mentions")),
          ...domains === null
            ? {}
            : { email_domains: String(domains).split(/[\s,]+/).filter(Boolean) },
        }),
      );
      this.app.ui.say(t("Saved."));
    });
  }

  /** @param {Workspace} row */
  #take(row) {
    this.row = row;
    this.signUp = row.sign_up;
    this.app.store.update((state) => withWorkspaceName(state, row.name));
  }
}

customElements.define("parley-workspace-settings", WorkspaceSettings);
