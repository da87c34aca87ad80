/**
 * The lists that stand in the place of a channel. Each comes with its own script.
 *
 * @import { App } from "../app.js"
 * @import { PageName } from "../router.js"
 */

import { html, nothing } from "lit";
import { SignalElement } from "../lib/signal_element.js";

/** @type {Partial<Record<PageName, { load: () => Promise<unknown>, show: (app: App) => unknown }>>} */
const PAGES = {};

/** Shows the page that the address names. */
class Pages extends SignalElement {
  render() {
    const name = this.app.router.route.value.page;
    const page = name && PAGES[name];
    if (!page) return nothing;
    page.load().catch(() => this.app.ui.placeProblem.value = "unreachable");
    return html`${page.show(this.app)}`;
  }
}

customElements.define("parley-pages", Pages);
