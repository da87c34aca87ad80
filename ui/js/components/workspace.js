import { html, nothing } from "lit";
import { onShortcut } from "../acts/shortcuts.js";
import { SignalElement } from "../lib/signal_element.js";
import { t } from "../lib/i18n.js";
import "./channel_pane.js";
import "./connection_banner.js";
import "./dialogs.js";
import "./pages.js";
import "./side_panel.js";
import "./sidebar.js";

/** The first paint goes before what opens with a click. */
const PARTS_MS = 500;

/** The whole page of somebody who is signed in. */
class Workspace extends SignalElement {
  constructor() {
    super();
    this.onKey = this.#onKey.bind(this);
  }

  connectedCallback() {
    // What Django drew to bridge the time until here.
    this.replaceChildren();
    super.connectedCallback();
    addEventListener("keydown", this.onKey);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener("keydown", this.onKey);
  }

  render() {
    if (!this.app) return nothing;
    const { app } = this;
    const { ui, router, view } = app;
    const { channelId, threadId, page } = router.route.value;
    const isList = channelId === null && page === null;
    if (this.#isPartWanted()) this.#loadParts();
    const panel = ui.panel.value;
    // Somebody's card stands beside anything; all else is about the channel.
    const isSideOpen = panel?.kind === "person" ||
      ((threadId !== null || panel !== null) && view.channel.value !== null);
    return html`
      <parley-connection-banner .app=${app}></parley-connection-banner>
      <div class="workspace" data-show=${isList ? "list" : "main"} ?data-side=${isSideOpen}>
        <parley-sidebar
          class="sidebar"
          role=${!ui.isWide.value && isList ? "main" : "complementary"}
          aria-label=${t("Workspace")}
          .app=${app}
        ></parley-sidebar>
        <main class="pane" id="main" tabindex="-1">${page === null
          ? html`<parley-channel-pane .app=${app}></parley-channel-pane>`
          : html`<parley-pages .app=${app}></parley-pages>`}</main>
        ${isSideOpen
          ? html`
            <aside class="side" aria-labelledby="side-title">
              <parley-side-panel .app=${app}></parley-side-panel>
            </aside>
          `
          : nothing}
      </div>
      <p class="notice" role="status" ?data-shown=${ui.notice.value !== ""}>${ui.notice.value}</p>
      <parley-message-menu .app=${app}></parley-message-menu>
      <parley-emoji-picker .app=${app}></parley-emoji-picker>
      <parley-drop-overlay .app=${app}></parley-drop-overlay>
      <parley-side-menu .app=${app}></parley-side-menu>
      <parley-dialogs .app=${app}></parley-dialogs>
      <parley-confirm-dialog .app=${app}></parley-confirm-dialog>
    `;
  }

  firstUpdated() {
    // Without a connection they are tried again when something of them is wanted.
    setTimeout(() => this.app.takeParts().catch(() => {}), PARTS_MS);
  }

  /** Whether something was asked for that comes after the page. */
  #isPartWanted() {
    const { ui } = this.app;
    return [ui.emojiWish, ui.confirmation, ui.sideMenu, ui.editingId].some(({ value }) =>
      value !== null
    );
  }

  async #loadParts() {
    try {
      await this.app.takeParts();
    } catch {
      const { ui } = this.app;
      ui.emojiWish.peek()?.resolve(null);
      ui.confirmation.peek()?.resolve(false);
      for (const wish of [ui.emojiWish, ui.confirmation, ui.sideMenu, ui.editingId]) {
        wish.value = null;
      }
      ui.missPart();
    }
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (this.app) onShortcut(this.app, event);
  }
}

customElements.define("parley-workspace", Workspace);
