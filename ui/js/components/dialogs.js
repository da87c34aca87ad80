/**
 * The windows over the page. Each comes with its own script, when it is first opened.
 *
 * @import { App } from "../app.js"
 * @import { TemplateResult } from "lit"
 */

import { html, nothing } from "lit";
import { SignalElement } from "../lib/signal_element.js";

/** @typedef {keyof typeof DIALOGS} DialogName */

/** @typedef {{ load: () => Promise<unknown>, show: (app: App) => TemplateResult }} DialogKind */

const DIALOGS = {
  browse: {
    load: () => import("./browse_dialog.js"),
    show: (/** @type {App} */ app) =>
      html`<parley-browse-dialog .app=${app}></parley-browse-dialog>`,
  },
  history: {
    load: () => import("./history_dialog.js"),
    show: (/** @type {App} */ app) =>
      html`<parley-history-dialog .app=${app}></parley-history-dialog>`,
  },
  lightbox: {
    load: () => import("./lightbox_dialog.js"),
    show: (/** @type {App} */ app) =>
      html`<parley-lightbox-dialog .app=${app}></parley-lightbox-dialog>`,
  },
  commands: {
    load: () => import("./commands_dialog.js"),
    show: (/** @type {App} */ app) =>
      html`<parley-commands-dialog .app=${app}></parley-commands-dialog>`,
  },
  create: {
    load: () => import("./create_dialog.js"),
    show: (/** @type {App} */ app) =>
      html`<parley-create-dialog .app=${app}></parley-create-dialog>`,
  },
  section: {
    load: () => import("./section_dialog.js"),
    show: (/** @type {App} */ app) =>
      html`<parley-section-dialog .app=${app}></parley-section-dialog>`,
  },
  switcher: {
    load: () => import("./switcher_dialog.js"),
    show: (/** @type {App} */ app) =>
      html`<parley-switcher-dialog .app=${app}></parley-switcher-dialog>`,
  },
  dm: {
    load: () => import("./direct_dialog.js"),
    show: (/** @type {App} */ app) =>
      html`<parley-direct-dialog .app=${app}></parley-direct-dialog>`,
  },
  add: {
    load: () => import("./add_dialog.js"),
    show: (/** @type {App} */ app) => html`<parley-add-dialog .app=${app}></parley-add-dialog>`,
  },
  workspace: {
    load: () => import("./workspace_dialog.js"),
    show: (/** @type {App} */ app) =>
      html`<parley-workspace-dialog .app=${app}></parley-workspace-dialog>`,
  },
  shortcuts: {
    load: () => import("./shortcuts_dialog.js"),
    show: (/** @type {App} */ app) =>
      html`<parley-shortcuts-dialog .app=${app}></parley-shortcuts-dialog>`,
  },
  settings: {
    load: () => import("./settings_dialog.js"),
    show: (/** @type {App} */ app) =>
      html`<parley-settings-dialog .app=${app}></parley-settings-dialog>`,
  },
  status: {
    load: () => import("./status_dialog.js"),
    show: (/** @type {App} */ app) =>
      html`<parley-status-dialog .app=${app}></parley-status-dialog>`,
  },
  pause: {
    load: () => import("./status_dialog.js"),
    show: (/** @type {App} */ app) => html`<parley-pause-dialog .app=${app}></parley-pause-dialog>`,
  },
};

/** So soon after the page those are loaded into which one types at once. */
const PRELOAD_MS = 1_500;

/** @type {DialogName[]} */
const PRELOADED = ["switcher", "dm"];

/** Shows the open one. Only there is it in the page at all. */
class Dialogs extends SignalElement {
  constructor() {
    super();
    /** @type {import("../ui_state.js").OpenDialog | null} */
    this.shown = null;
  }

  firstUpdated() {
    setTimeout(() => {
      // Without a connection they are tried again when they are opened.
      for (const name of PRELOADED) DIALOGS[name].load().catch(() => {});
    }, PRELOAD_MS);
  }

  render() {
    const wanted = this.app.ui.dialog.value;
    if (wanted !== this.shown) {
      // Closed in time, the browser brings the focus back to where it came from.
      this.querySelector("dialog")?.close();
      this.shown = wanted;
      if (wanted) this.#load(wanted.name);
    }
    if (!wanted) return nothing;
    return DIALOGS[wanted.name].show(this.app);
  }

  /** @param {DialogName} name */
  async #load(name) {
    try {
      await DIALOGS[name].load();
    } catch {
      this.app.ui.dialog.value = null;
      this.app.ui.missPart();
    }
  }
}

customElements.define("parley-dialogs", Dialogs);
