/**
 * The windows over the page. Each comes with its own script, when it is first opened.
 *
 * @import { App } from "../app.js"
 * @import { TemplateResult } from "lit"
 */

import { html, nothing } from "lit";
import { everyday, seldom } from "../lib/parts.js";
import { SignalElement } from "../lib/signal_element.js";

/** @typedef {keyof typeof DIALOGS} DialogName */

/** @typedef {{ load: () => Promise<unknown>, show: (app: App) => TemplateResult }} DialogKind */

const DIALOGS = {
  browse: {
    load: everyday,
    show: (/** @type {App} */ app) =>
      html`<parley-browse-dialog .app=${app}></parley-browse-dialog>`,
  },
  history: {
    load: everyday,
    show: (/** @type {App} */ app) =>
      html`<parley-history-dialog .app=${app}></parley-history-dialog>`,
  },
  lightbox: {
    load: everyday,
    show: (/** @type {App} */ app) =>
      html`<parley-lightbox-dialog .app=${app}></parley-lightbox-dialog>`,
  },
  commands: {
    load: everyday,
    show: (/** @type {App} */ app) =>
      html`<parley-commands-dialog .app=${app}></parley-commands-dialog>`,
  },
  create: {
    load: everyday,
    show: (/** @type {App} */ app) =>
      html`<parley-create-dialog .app=${app}></parley-create-dialog>`,
  },
  section: {
    load: everyday,
    show: (/** @type {App} */ app) =>
      html`<parley-section-dialog .app=${app}></parley-section-dialog>`,
  },
  switcher: {
    load: everyday,
    show: (/** @type {App} */ app) =>
      html`<parley-switcher-dialog .app=${app}></parley-switcher-dialog>`,
  },
  dm: {
    load: everyday,
    show: (/** @type {App} */ app) =>
      html`<parley-direct-dialog .app=${app}></parley-direct-dialog>`,
  },
  add: {
    load: everyday,
    show: (/** @type {App} */ app) => html`<parley-add-dialog .app=${app}></parley-add-dialog>`,
  },
  workspace: {
    load: seldom,
    show: (/** @type {App} */ app) =>
      html`<parley-workspace-dialog .app=${app}></parley-workspace-dialog>`,
  },
  shortcuts: {
    load: everyday,
    show: (/** @type {App} */ app) =>
      html`<parley-shortcuts-dialog .app=${app}></parley-shortcuts-dialog>`,
  },
  settings: {
    load: seldom,
    show: (/** @type {App} */ app) =>
      html`<parley-settings-dialog .app=${app}></parley-settings-dialog>`,
  },
  status: {
    load: everyday,
    show: (/** @type {App} */ app) =>
      html`<parley-status-dialog .app=${app}></parley-status-dialog>`,
  },
  pause: {
    load: everyday,
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
      this.app.ui.missPart();
    }
  }
}

customElements.define("parley-dialogs", Dialogs);
