/**
 * What stands beside the channel: a thread, or a panel. Each comes with its own script.
 *
 * @import { App } from "../app.js"
 * @import { Panel } from "../ui_state.js"
 */

import { html, nothing } from "lit";
import { SignalElement } from "../lib/signal_element.js";
import { t } from "../lib/i18n.js";

/** @type {Partial<Record<Panel["kind"], { load: () => Promise<unknown>, show: (app: App) => unknown }>>} */
const PANELS = {
  people: {
    load: () => import("./people_panel.js"),
    show: (app) => html`<parley-people-panel .app=${app}></parley-people-panel>`,
  },
  person: {
    load: () => import("./person_card.js"),
    show: (app) => {
      const panel = app.ui.panel.value;
      return html`
        <parley-person-card
          .app=${app}
          .userId=${panel?.kind === "person" ? panel.userId : ""}
        ></parley-person-card>
      `;
    },
  },
};

/** The place beside the channel; over it where there is little room. */
class SidePanel extends SignalElement {
  render() {
    const panel = this.app.ui.panel.value;
    const kind = panel && PANELS[panel.kind];
    if (!kind) return nothing;
    kind.load().catch(() => {
      this.app.ui.panel.value = null;
      this.app.ui.say(t("This could not be opened. Is there a connection?"));
    });
    return kind.show(this.app);
  }
}

customElements.define("parley-side-panel", SidePanel);
