/**
 * The lists that stand in the place of a channel. Each comes with its own script.
 *
 * @import { App } from "../app.js"
 * @import { PageName } from "../router.js"
 */

import { html, nothing } from "lit";
import { everyday } from "../lib/parts.js";
import { SignalElement } from "../lib/signal_element.js";

/** @type {Partial<Record<PageName, { load: () => Promise<unknown>, show: (app: App) => unknown }>>} */
const PAGES = {
  threads: {
    load: everyday,
    show: (app) => html`<parley-threads-page class="list-page" .app=${app}></parley-threads-page>`,
  },
  mentions: {
    load: everyday,
    show: (app) =>
      html`<parley-mentions-page class="list-page" .app=${app}></parley-mentions-page>`,
  },
  unreads: {
    load: everyday,
    show: (app) => html`<parley-unreads-page class="list-page" .app=${app}></parley-unreads-page>`,
  },
  saved: {
    load: everyday,
    show: (app) => html`<parley-saved-page class="list-page" .app=${app}></parley-saved-page>`,
  },
  drafts: {
    load: everyday,
    show: (app) => html`<parley-drafts-page class="list-page" .app=${app}></parley-drafts-page>`,
  },
  search: {
    load: everyday,
    show: (app) => html`<parley-search-page class="list-page" .app=${app}></parley-search-page>`,
  },
};

/** Shows the page that the address names. */
class Pages extends SignalElement {
  render() {
    const name = this.app.router.route.value.page;
    const page = name && PAGES[name];
    if (!page) return nothing;
    page.load().catch(() => {
      this.app.ui.placeProblem.value = "unreachable";
      this.app.ui.missPart();
    });
    return html`${page.show(this.app)}`;
  }
}

customElements.define("parley-pages", Pages);
