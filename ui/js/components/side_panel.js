/**
 * What stands beside the channel: a thread, or a panel. Each comes with its own script.
 *
 * @import { App } from "../app.js"
 * @import { Panel } from "../ui_state.js"
 */

import { html, nothing } from "lit";
import { everyday } from "../lib/parts.js";
import { SignalElement } from "../lib/signal_element.js";

/** @type {Partial<Record<Panel["kind"], { load: () => Promise<unknown>, show: (app: App) => unknown }>>} */
const PANELS = {
  details: {
    load: everyday,
    show: (app) => html`<parley-details-panel .app=${app}></parley-details-panel>`,
  },
  people: {
    load: everyday,
    show: (app) => html`<parley-people-panel .app=${app}></parley-people-panel>`,
  },
  pins: {
    load: everyday,
    show: (app) => html`<parley-pins-panel class="list-panel" .app=${app}></parley-pins-panel>`,
  },
  files: {
    load: everyday,
    show: (app) => html`<parley-files-panel class="list-panel" .app=${app}></parley-files-panel>`,
  },
  person: {
    load: everyday,
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

const THREAD = {
  load: everyday,
  show: (/** @type {App} */ app) => html`<parley-thread-panel .app=${app}></parley-thread-panel>`,
};

/** The place beside the channel; over it where there is little room. */
class SidePanel extends SignalElement {
  render() {
    const { ui, router } = this.app;
    const panel = ui.panel.value;
    const kind = panel ? PANELS[panel.kind] : router.route.value.threadId !== null ? THREAD : null;
    if (!kind) return nothing;
    kind.load().catch(() => {
      ui.panel.value = null;
      ui.missPart();
    });
    return kind.show(this.app);
  }
}

customElements.define("parley-side-panel", SidePanel);
