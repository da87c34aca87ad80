/** @import { Theme } from "../lib/theme.js" */

import { html, nothing } from "lit";
import { SignalElement } from "../lib/signal_element.js";
import { chooseTheme, readTheme } from "../lib/theme.js";
import { isWorkspaceAdmin } from "../store/selectors.js";
import { avatar, PRESENCE_LABEL } from "./avatar.js";
import { icon } from "./icon.js";

/** @type {{ theme: Theme, label: string, icon: string }[]} */
const THEMES = [
  { theme: "system", label: "System", icon: "monitor" },
  { theme: "light", label: "Light", icon: "sun" },
  { theme: "dark", label: "Dark", icon: "moon" },
];

/** Oneself: presence, looks, and the way out. */
class UserMenu extends SignalElement {
  static properties = { theme: { state: true } };

  constructor() {
    super();
    /** @type {Theme} */
    this.theme = readTheme();
  }

  render() {
    const { view, csrfToken } = this.app;
    const me = view.me.value;
    const presence = view.presence.value[me.id] ?? "unknown";
    return html`
      <button type="button" class="user-button" popovertarget="user-menu">
        ${avatar(me, presence)}
        <span class="user-names">
          <span class="user-name">${me.display_name || me.username}</span>
          <span class="user-state">${PRESENCE_LABEL[presence]}</span>
        </span>
        ${icon("chevrons-up-down")}
      </button>
      <div class="menu" id="user-menu" popover @toggle=${this.#onToggle}>
        <p class="menu-who"><b>${me.display_name || me.username}</b><span>@${me.username}</span></p>
        <fieldset class="menu-choice">
          <legend>Appearance</legend>
          ${THEMES.map((choice) =>
            html`<label title=${choice.label}>
              <input
                type="radio"
                name="theme"
                value=${choice.theme}
                .checked=${this.theme === choice.theme}
                @change=${() => this.#choose(choice.theme)}
              />
              ${icon(choice.icon)}<span>${choice.label}</span>
            </label>`
          )}
        </fieldset>
        <a href="/account/">${icon("lock")}Your account</a>
        ${isWorkspaceAdmin({ me }) ? html`<a href="/admin/">${icon("settings")}Admin</a>` : nothing}
        <form method="post" action="/logout/" @submit=${this.#onSignOut}>
          <input type="hidden" name="csrfmiddlewaretoken" value=${csrfToken} />
          <button type="submit">${icon("log-out")}Sign out</button>
        </form>
        ${view.link.value.instance === null
          ? nothing
          : html`<p class="menu-note">Connected to ${view.link.value.instance}</p>`}
      </div>
    `;
  }

  /** @param {SubmitEvent} event */
  async #onSignOut(event) {
    const { ui, view } = this.app;
    const form = /** @type {HTMLFormElement} */ (event.target);
    event.preventDefault();
    if (view.unsentCount.peek() > 0) {
      const isConfirmed = await ui.confirm({
        title: "Sign out?",
        text: "What you wrote last has not been sent yet. It waits until you sign in again here.",
        action: "Sign out",
      });
      if (!isConfirmed) return;
    }
    await this.app.forget();
    form.submit();
  }

  #onToggle() {
    this.theme = readTheme();
  }

  /** @param {Theme} theme */
  #choose(theme) {
    chooseTheme(theme);
    this.theme = theme;
  }
}

customElements.define("parley-user-menu", UserMenu);
