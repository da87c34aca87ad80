/**
 * The windows over the page. Each comes with its own script, when it is first opened.
 *
 * @import { App } from "../app.js"
 * @import { TemplateResult } from "lit"
 */

import { html, nothing } from "lit";
import { SignalElement } from "../lib/signal_element.js";
import { t } from "../lib/i18n.js";

/** @typedef {keyof typeof DIALOGS} DialogName */

/** @typedef {{ load: () => Promise<unknown>, show: (app: App) => TemplateResult }} DialogKind */

const DIALOGS = {
  browse: {
    load: () => import("./browse_dialog.js"),
    show: (/** @type {App} */ app) =>
      html`<parley-browse-dialog .app=${app}></parley-browse-dialog>`,
  },
  create: {
    load: () => import("./channel_dialog.js"),
    show: (/** @type {App} */ app) =>
      html`<parley-create-dialog .app=${app}></parley-create-dialog>`,
  },
  edit: {
    load: () => import("./channel_dialog.js"),
    show: (/** @type {App} */ app) => html`<parley-edit-dialog .app=${app}></parley-edit-dialog>`,
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

/** Shows the open one. Only there is it in the page at all. */
class Dialogs extends SignalElement {
  constructor() {
    super();
    /** @type {import("../ui_state.js").OpenDialog | null} */
    this.shown = null;
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
      this.app.ui.say(t("This could not be opened. Is there a connection?"));
    }
  }
}

customElements.define("parley-dialogs", Dialogs);
