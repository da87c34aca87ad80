import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { isWorkspaceAdmin } from "../store/selectors.js";
import { DialogElement } from "./dialog_element.js";
import { tabList } from "./tabs.js";
import "./workspace_bots.js";
import "./workspace_emoji.js";
import "./workspace_groups.js";
import "./workspace_invites.js";
import "./workspace_people.js";
import "./workspace_settings.js";

/** @typedef {"invites" | "people" | "settings" | "emoji" | "groups" | "bots"} TabName */

/** Everything about the workspace as a whole, for those who run it; emoji and groups for all. */
class WorkspaceDialog extends DialogElement {
  static properties = { tab: { state: true } };

  constructor() {
    super();
    /** @type {TabName | ""} */
    this.tab = "";
  }

  get heading() {
    return this.app.view.workspaceName.value;
  }

  /** @returns {"large"} */
  get size() {
    return "large";
  }

  renderBody() {
    const me = this.app.view.me.value;
    const isAdmin = isWorkspaceAdmin({ me });
    const forAdmins = /** @type {{ name: TabName, label: string }[]} */ ([
      { name: "invites", label: t("Invite people") },
      { name: "people", label: t("People") },
      { name: "settings", label: t("Settings") },
      { name: "bots", label: t("Bots") },
    ]);
    const forAll = /** @type {{ name: TabName, label: string }[]} */ ([
      { name: "emoji", label: t("Custom emoji") },
      { name: "groups", label: t("Groups") },
    ]);
    const tabs = isAdmin ? [...forAdmins, ...forAll] : forAll;
    const wanted = this.tab || this.subject;
    const chosen = tabs.find(({ name }) => name === wanted)?.name ?? tabs[0]?.name ?? "emoji";
    return html`
      <div class="manage">
        ${tabList({
          label: t("Workspace"),
          tabs,
          chosen,
          choose: (name) => this.tab = name,
        })}
        <div
          class="dialog-body"
          id="tab-panel"
          role="tabpanel"
          aria-labelledby="tab-${chosen}"
          tabindex="0"
        >${this.#panel(chosen)}</div>
      </div>
    `;
  }

  /** @param {TabName} name */
  #panel(name) {
    const { app } = this;
    switch (name) {
      case "invites":
        return html`<parley-workspace-invites .app=${app}></parley-workspace-invites>`;
      case "people":
        return html`<parley-workspace-people .app=${app}></parley-workspace-people>`;
      case "settings":
        return html`<parley-workspace-settings .app=${app}></parley-workspace-settings>`;
      case "emoji":
        return html`<parley-workspace-emoji .app=${app}></parley-workspace-emoji>`;
      case "groups":
        return html`<parley-workspace-groups .app=${app}></parley-workspace-groups>`;
      case "bots":
        return html`<parley-workspace-bots .app=${app}></parley-workspace-bots>`;
      default:
        return nothing;
    }
  }
}

customElements.define("parley-workspace-dialog", WorkspaceDialog);
