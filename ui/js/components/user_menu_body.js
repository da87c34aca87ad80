/**
 * @import { OwnUser } from "../protocol.generated.d.ts"
 * @import { Theme } from "../lib/theme.js"
 */

import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { chooseTheme } from "../lib/theme.js";
import { momentLabel } from "../lib/time.js";
import { isWorkspaceAdmin } from "../store/selectors.js";
import { hasStatus, PAUSE_ENDS } from "../store/status.js";
import { avatar } from "./avatar.js";
import { icon } from "./icon.js";
import { statusEmoji, statusText } from "./status_mark.js";
import { pausedUntil } from "./user_menu.js";

/** @returns {{ theme: Theme, label: string, icon: string }[]} */
const themes = () => [
  { theme: "system", label: t("System"), icon: "monitor" },
  { theme: "light", label: t("Light"), icon: "sun" },
  { theme: "dark", label: t("Dark"), icon: "moon" },
];

/** @returns {{ state: OwnUser["presence_choice"], dot: string, label: string, hint: string }[]} */
const presences = () => [
  {
    state: "auto",
    dot: "online",
    label: t("Online"),
    hint: t("Away after 10 minutes without you"),
  },
  { state: "away", dot: "away", label: t("Away"), hint: "" },
  { state: "dnd", dot: "dnd", label: t("Do not disturb"), hint: t("No notifications") },
  { state: "invisible", dot: "offline", label: t("Invisible"), hint: t("Offline to others") },
];

/** What one can say of oneself and how one wants it: status, presence, quiet, looks, and the way out. */
class UserMenuBody extends SignalElement {
  render() {
    const { view, csrfToken } = this.app;
    const me = view.me.value;
    const name = me.display_name || me.username;
    return html`
      <div class="menu-person">
        ${avatar(me, undefined, { size: 40 })}
        <p class="menu-who"><b>${name}</b><span>@${me.username}</span></p>
      </div>
      <button type="button" class="menu-status" @click=${() => this.app.ui.openDialog("status")}>
        ${hasStatus(me)
          ? html`<span class="status-mark">${statusEmoji(me)}</span><span class="menu-line">${
            statusText(me)
          }</span>`
          : html`${icon("smile-plus")}${t("Set a status…")}`}
      </button>
      ${this.#presence(me)} ${this.#pause()}
      <hr />
      ${this.#appearance()}
      <button type="button" @click=${() => this.app.people.show(me.id)}>
        ${icon("circle-user")}${t("Profile")}
      </button>
      <button type="button" @click=${() => this.app.ui.openDialog("settings")}>
        ${icon("settings")}${t("Settings…")}
      </button>
      <a href="/account/">${icon("lock")}${t("Your account")}</a>
      ${isWorkspaceAdmin({ me })
        ? html`<a href="/admin/">${icon("shield")}${t("Admin")}</a>`
        : nothing}
      <hr />
      <form method="post" action="/logout/" @submit=${this.#onSignOut}>
        <input type="hidden" name="csrfmiddlewaretoken" value=${csrfToken} />
        <button type="submit">${icon("log-out")}${t("Sign out")}</button>
      </form>
      ${view.link.value.instance === null
        ? nothing
        : html`<p class="menu-note">${
          t("Connected to {instance}", { instance: view.link.value.instance })
        }</p>`}
    `;
  }

  /** @param {OwnUser} me */
  #presence(me) {
    const isOpen = this.app.view.link.value.phase === "open";
    return html`
      <fieldset class="menu-radios" ?disabled=${!isOpen}>
        <legend class="vh">${t("Presence")}</legend>
        ${presences().map(({ state, dot, label, hint }) =>
          html`<label>
            <input
              type="radio"
              name="presence"
              value=${state}
              .checked=${me.presence_choice === state}
              @change=${() => this.app.settings.choosePresence(state)}
            />
            <span class="card-dot"><i class="presence-dot" data-presence=${dot}></i></span>
            <span class="menu-line">${label}${
            hint
              ? html`
                <span class="hint">${hint}</span>
              `
              : nothing
          }</span>
            ${me.presence_choice === state ? icon("check") : nothing}
          </label>`
        )}
      </fieldset>
    `;
  }

  #pause() {
    const until = pausedUntil(this.app);
    const { settings, ui } = this.app;
    if (until) {
      return html`
        <button type="button" data-stays @click=${() => settings.change({ dnd_until: null })}>
          ${icon("bell")}<span class="menu-line">${t("Resume notifications")}
            <span class="hint">${t("Paused until {time}", {
              time: momentLabel(until, ui.minute.value),
            })}</span></span>
        </button>
      `;
    }
    return html`
      <details class="menu-more">
        <summary>${icon("bell-off")}${t("Pause notifications")}</summary>
        ${this.#pauseButton(t("For 30 minutes"), "half_hour")}
        ${this.#pauseButton(t("For 1 hour"), "hour")}
        ${this.#pauseButton(t("Until tomorrow, 9:00"), "tomorrow")}
        <button type="button" @click=${() => ui.openDialog("pause")}>${t("Until…")}</button>
      </details>
    `;
  }

  /**
   * @param {string} label
   * @param {keyof typeof PAUSE_ENDS} end
   */
  #pauseButton(label, end) {
    const pause = () =>
      this.app.settings.change({ dnd_until: PAUSE_ENDS[end](new Date()).toISOString() });
    return html`<button type="button" @click=${pause}>${label}</button>`;
  }

  #appearance() {
    const theme = this.app.view.preferences.value?.theme ?? "system";
    return html`
      <fieldset class="segments menu-choice">
        <legend class="vh">${t("Appearance")}</legend>
        ${themes().map((choice) =>
          html`<label title=${choice.label}>
            <input
              type="radio"
              name="theme"
              value=${choice.theme}
              .checked=${theme === choice.theme}
              @change=${() => this.#choose(choice.theme)}
            />
            ${icon(choice.icon)}<span>${choice.label}</span>
          </label>`
        )}
      </fieldset>
    `;
  }

  /** @param {SubmitEvent} event */
  async #onSignOut(event) {
    const { ui, view } = this.app;
    const form = /** @type {HTMLFormElement} */ (event.target);
    event.preventDefault();
    if (view.unsentCount.peek() > 0) {
      const isConfirmed = await ui.confirm({
        title: t("Sign out?"),
        text: t(
          "What you wrote last has not been sent yet. It waits until you sign in again here.",
        ),
        action: t("Sign out"),
      });
      if (!isConfirmed) return;
    }
    await this.app.forget();
    form.submit();
  }

  /** @param {Theme} theme */
  #choose(theme) {
    chooseTheme(theme);
    this.app.settings.change({ theme });
  }
}

customElements.define("parley-user-menu-body", UserMenuBody);
