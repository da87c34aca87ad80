import { html, nothing } from "lit";
import { onShortcut } from "../acts/shortcuts.js";
import { SignalElement } from "../lib/signal_element.js";
import { t } from "../lib/i18n.js";
import "./channel_pane.js";
import "./confirm_dialog.js";
import "./connection_banner.js";
import "./dialogs.js";
import "./drop_overlay.js";
import "./pages.js";
import "./side_menu.js";
import "./side_panel.js";
import "./sidebar.js";

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
    if (ui.emojiWish.value) this.#loadPicker();
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

  async #loadPicker() {
    try {
      await import("./emoji_picker.js");
    } catch {
      this.app.ui.say(t("This could not be opened. Is there a connection?"));
      this.app.ui.emojiWish.peek()?.resolve(null);
      this.app.ui.emojiWish.value = null;
    }
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (this.app) onShortcut(this.app, event);
  }
}

customElements.define("parley-workspace", Workspace);
