/** @import { NewToken, NewTokenRequest, Token } from "../../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { t } from "../../lib/i18n.js";
import { SignalElement } from "../../lib/signal_element.js";
import { fullTime } from "../../lib/time.js";
import { LIMIT } from "../../protocol.generated.js";
import { makeToken, revokeToken, tokens } from "../../rest/settings.js";
import { sentence } from "../../session/loader.js";
import { icon } from "../icon.js";

/** @typedef {NonNullable<NewTokenRequest["scopes"]>[number]} Scope */

/** @returns {{ scope: Scope, label: string }[]} */
const scopes = () => [
  { scope: "read", label: t("Read") },
  { scope: "write", label: t("Write") },
  { scope: "admin", label: t("Manage the workspace") },
];

/** What one's programs come in with. */
class TokenSettings extends SignalElement {
  static properties = {
    rows: { state: true },
    made: { state: true },
    problem: { state: true },
    isBusy: { state: true },
  };

  constructor() {
    super();
    /** @type {Token[] | null} */
    this.rows = null;
    /** @type {NewToken | null} */
    this.made = null;
    this.problem = "";
    this.isBusy = false;
  }

  firstUpdated() {
    this.#load();
  }

  render() {
    return html`
      <p class="hint">${t(
        "With a token a program does what you may do. Give it no more than it needs.",
      )}</p>
      ${this.made ? this.#shown(this.made) : this.#form()}
      ${this.problem
        ? html`<p class="field-error" role="alert">${this.problem}
          ${
          this.rows === null
            ? html`<button type="button" class="button" data-size="small" @click=${this.#load}>${
              t("Try again")
            }</button>`
            : nothing
        }</p>`
        : nothing}
      <ul class="token-list" aria-label=${t("Tokens")}>${(this.rows ?? []).map((row) =>
        this.#row(row)
      )}</ul>
      ${this.rows?.length === 0 ? html`<p class="hint">${t("There are none yet.")}</p>` : nothing}
      ${this.rows === null && !this.problem ? html`<p class="hint">${t("Loading…")}</p>` : nothing}
    `;
  }

  #form() {
    return html`
      <form class="token-form" @submit=${this.#make}>
        <div class="field">
          <label for="token-name">${t("What is it for?")}</label>
          <input
            class="input"
            id="token-name"
            name="name"
            required
            autocomplete="off"
            maxlength=${LIMIT.TOKEN_NAME_MAX_CHARS}
            placeholder=${t("Deploy script")}
          />
        </div>
        <div class="field">
          <label for="token-days">${t("It ends")}</label>
          <select class="input" id="token-days" name="days">
            <option value="30">${t("After 30 days")}</option>
            <option value="90" selected>${t("After 90 days")}</option>
            <option value="365">${t("After a year")}</option>
            <option value="">${t("Never")}</option>
          </select>
        </div>
        <fieldset class="setting">
          <legend>${t("What it may do")}</legend>
          <div class="setting-choices">${scopes().map(({ scope, label }) =>
            html`
              <label class="choice">
                <input type="checkbox" name="scopes" value=${scope} ?checked=${scope !== "admin"} />
                <span>${label}</span>
              </label>
            `
          )}</div>
        </fieldset>
        <p><button class="button" data-tone="primary" ?disabled=${this.isBusy}>
          ${t("Make a token")}
        </button></p>
      </form>
    `;
  }

  /** @param {NewToken} made */
  #shown({ name, token }) {
    return html`
      <div class="token-made" role="status">
        <p><b>${t("The token “{name}” is made.", { name })}</b>
          ${t("Copy it now: it is not shown again.")}</p>
        <div class="token-secret">
          <input class="input" readonly aria-label=${t(
            "Token",
          )} .value=${token} @focus=${selectAll} />
          <button type="button" class="button" @click=${() => this.#copy(token)}>
            ${icon("copy")}${t("Copy")}
          </button>
        </div>
        <p><button type="button" class="button" data-size="small" @click=${() => this.made = null}>
          ${t("Done")}
        </button></p>
      </div>
    `;
  }

  /** @param {Token} row */
  #row(row) {
    const may = scopes().filter(({ scope }) => row.scopes.includes(scope));
    const isOver = row.expires_at !== null && Date.parse(row.expires_at) <= Date.now();
    return html`
      <li class="token">
        <div>
          <b>${row.name}</b> <code>${row.prefix}…</code>
          <p class="hint">${may.map(({ label }) => label).join(", ")} ·
            ${row.last_used_at
              ? t("last used {time}", { time: fullTime(row.last_used_at) })
              : t("never used")} ·
            ${row.expires_at === null
              ? t("does not end")
              : isOver
              ? t("has ended")
              : t("ends {time}", { time: fullTime(row.expires_at) })}</p>
        </div>
        <button
          type="button"
          class="button"
          data-size="small"
          aria-label=${t("Revoke {name}", { name: row.name })}
          @click=${() => this.#revoke(row)}
        >${t("Revoke")}</button>
      </li>
    `;
  }

  async #load() {
    this.problem = "";
    try {
      this.rows = await tokens(this.app.api);
    } catch (error) {
      this.problem = sentence(error);
    }
  }

  /** @param {SubmitEvent} event */
  async #make(event) {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const wanted = /** @type {Scope[]} */ (data.getAll("scopes"));
    if (wanted.length === 0) {
      this.problem = t("Choose at least one thing that it may do.");
      return;
    }
    const days = String(data.get("days"));
    this.isBusy = true;
    this.problem = "";
    try {
      this.made = await makeToken(this.app.api, {
        name: String(data.get("name")),
        expires_in_days: days === "" ? null : Number(days),
        scopes: wanted,
      });
      await this.#load();
    } catch (error) {
      this.problem = sentence(error);
    } finally {
      this.isBusy = false;
    }
  }

  /** @param {string} token */
  async #copy(token) {
    try {
      await navigator.clipboard.writeText(token);
      this.app.ui.say(t("Token copied."));
    } catch {
      // Only pages with HTTPS may write to the clipboard: then people do it.
      /** @type {HTMLInputElement | null} */ (this.querySelector(".token-secret input"))?.select();
    }
  }

  /** @param {Token} row */
  async #revoke(row) {
    const isConfirmed = await this.app.ui.confirm({
      title: t("Revoke {name}?", { name: row.name }),
      text: t("Programs that use it are out at once."),
      action: t("Revoke"),
    });
    if (!isConfirmed) return;
    try {
      await revokeToken(this.app.api, row.id);
      this.rows = (this.rows ?? []).filter(({ id }) => id !== row.id);
    } catch (error) {
      this.problem = sentence(error);
    }
  }
}

/** @param {Event} event */
function selectAll(event) {
  /** @type {HTMLInputElement} */ (event.target).select();
}

customElements.define("parley-settings-tokens", TokenSettings);
