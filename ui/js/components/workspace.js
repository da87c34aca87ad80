import { html, nothing } from "lit";
import { SignalElement } from "../lib/signal_element.js";
import "./browse_dialog.js";
import "./channel_dialog.js";
import "./channel_pane.js";
import "./confirm_dialog.js";
import "./connection_banner.js";
import "./people_panel.js";
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
    const { ui, router, view } = this.app;
    const isPeopleOpen = ui.isPeopleOpen.value && view.channel.value !== null;
    const app = this.app;
    const isListAlone = !ui.isWide.value && router.route.value.channelId === null;
    return html`
      <parley-connection-banner .app=${app}></parley-connection-banner>
      <div
        class="workspace"
        data-show=${router.route.value.channelId === null ? "list" : "channel"}
        ?data-people=${isPeopleOpen}
      >
        <parley-sidebar
          class="sidebar"
          role=${isListAlone ? "main" : "complementary"}
          aria-label="Workspace"
          .app=${app}
        ></parley-sidebar>
        <main class="pane" id="main" tabindex="-1"><parley-channel-pane .app=${app}></parley-channel-pane></main>
        ${isPeopleOpen
          ? html`
            <aside class="people" aria-label="People">
              <parley-people-panel .app=${app}></parley-people-panel>
            </aside>
          `
          : nothing}
      </div>
      <p class="notice" role="status" ?data-shown=${ui.notice.value !== ""}>${ui.notice.value}</p>
      <parley-browse-dialog .app=${app}></parley-browse-dialog>
      <parley-create-dialog .app=${app}></parley-create-dialog>
      <parley-edit-dialog .app=${app}></parley-edit-dialog>
      <parley-confirm-dialog .app=${app}></parley-confirm-dialog>
    `;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (!this.app || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      this.app.places.openNeighbour(event.key === "ArrowUp" ? -1 : 1, {
        isUnreadOnly: event.shiftKey,
      });
    } else if (event.key === "Escape") {
      this.#escape(event);
    }
  }

  /** @param {KeyboardEvent} event */
  #escape(event) {
    // An open menu closes by itself, and that is all this Escape was for.
    if (event.isComposing || document.querySelector(":popover-open")) return;
    this.app.places.dismissUnread();
    this.app.ui.composerWishes.value += 1;
  }
}

customElements.define("parley-workspace", Workspace);
