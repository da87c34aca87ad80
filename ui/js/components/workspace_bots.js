/** @import { Bot, NewToken, Token } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { locale, t } from "../lib/i18n.js";
import { LIMIT } from "../protocol.generated.js";
import {
  bots,
  botTokens,
  changeUser,
  createBot,
  createBotToken,
  revokeBotToken,
} from "../rest/workspace.js";
import { avatar } from "./avatar.js";
import "./copy_field.js";
import { icon } from "./icon.js";
import { fieldsOf, ManageElement } from "./manage_element.js";

const day = new Intl.DateTimeFormat(locale(), { dateStyle: "medium" });

/** Accounts of programs, and the tokens with which they come in. */
class WorkspaceBots extends ManageElement {
  static properties = {
    ...ManageElement.properties,
    rows: { state: true },
    openId: { state: true },
    tokens: { state: true },
    made: { state: true },
  };

  constructor() {
    super();
    /** @type {Bot[] | null} */
    this.rows = null;
    /** @type {string | null} */
    this.openId = null;
    /** @type {Token[]} */
    this.tokens = [];
    /** @type {NewToken | null} */
    this.made = null;
  }

  async load() {
    this.rows = await bots(this.app.api);
  }

  render() {
    return html`
      <p class="hint">${t("A bot is an account for a program. It comes in with its tokens alone.")}
        <a href="/api/v1/docs/">${t("What programs can do")}</a></p>
      ${this.renderProblem()}
      <ul class="manage-list">${(this.rows ?? []).map((bot) => this.#bot(bot))}</ul>
      ${this.rows?.length === 0 ? html`<p class="hint">${t("There is no bot yet.")}</p>` : nothing}
      <form class="manage-part form" @submit=${this.#create}>
        <h3>${t("New bot")}</h3>
        <div class="field-row">
          <div class="field">
            <label for="bot-name">${t("Name")}</label>
            <input
              class="input"
              id="bot-name"
              name="display_name"
              required
              autocomplete="off"
              placeholder=${t("Deploys")}
              maxlength=${LIMIT.NAME_MAX_CHARS}
            />
          </div>
          <div class="field">
            <label for="bot-username">${t("Username")}</label>
            <input
              class="input"
              id="bot-username"
              name="username"
              required
              autocomplete="off"
              autocapitalize="off"
              spellcheck="false"
              placeholder="deploys"
              maxlength=${LIMIT.USERNAME_MAX_CHARS}
            />
          </div>
        </div>
        <p class="dialog-actions">
          <button class="button" data-tone="primary" ?disabled=${this.isBusy}>
            ${t("Make the bot")}
          </button>
        </p>
      </form>
    `;
  }

  /** @param {Bot} bot */
  #bot(bot) {
    const isOpen = this.openId === bot.id;
    return html`
      <li>
        <div class="manage-line" ?data-off=${!bot.is_active}>
          ${avatar(bot)}
          <span class="manage-names">
            <span>${bot.display_name}${bot.is_active ? nothing : html`
              <span class="tag">${t("Deactivated")}</span>
            `}</span>
            <span class="hint">@${bot.username}</span>
          </span>
          <button
            type="button"
            class="button"
            data-size="small"
            aria-expanded=${isOpen ? "true" : "false"}
            aria-label=${t("Tokens of {name}", { name: bot.display_name })}
            @click=${() => this.#open(isOpen ? null : bot.id)}
          >${t("Tokens")}</button>
          <button
            type="button"
            class="button"
            data-size="small"
            @click=${() => this.#setActive(bot)}
          >${bot.is_active ? t("Deactivate") : t("Reactivate")}</button>
        </div>
        ${isOpen ? this.#tokens(bot) : nothing}
      </li>
    `;
  }

  /** @param {Bot} bot */
  #tokens(bot) {
    return html`
      <div class="manage-inside">
        ${this.made
          ? html`
            <p><b>${t("Here is the token.")}</b> ${t("It is shown this once.")}</p>
            <parley-copy-field
              .app=${this.app}
              .label=${t("Token")}
              .value=${this.made.token}
            ></parley-copy-field>
          `
          : nothing}
        <ul>${this.tokens.map((token) =>
          html`
            <li class="manage-line">
              <span class="manage-names">
                <span>${token.name} <code>${token.prefix}…</code></span>
                <span class="hint">${[
                  token.scopes.join(", "),
                  token.expires_at
                    ? t("until {date}", { date: day.format(new Date(token.expires_at)) })
                    : t("without an end"),
                  token.last_used_at
                    ? t("last used {date}", { date: day.format(new Date(token.last_used_at)) })
                    : t("never used"),
                ].join(" · ")}</span>
              </span>
              <button
                type="button"
                class="icon-button"
                data-tone="danger"
                aria-label=${t("Revoke {name}", { name: token.name })}
                @click=${() => this.#revoke(bot, token)}
              >${icon("trash-2")}</button>
            </li>
          `
        )}</ul>
        ${this.tokens.length === 0 && !this.made
          ? html`<p class="hint">${t("It has no token, so it cannot come in.")}</p>`
          : nothing}
        <form class="token-form" @submit=${(/** @type {SubmitEvent} */ event) =>
          this.#issue(bot, event)}>
          <input
            class="input"
            name="name"
            required
            aria-label=${t("What the token is for")}
            placeholder=${t("What it is for")}
            maxlength=${LIMIT.TOKEN_NAME_MAX_CHARS}
            autocomplete="off"
          />
          <select class="select" name="days" aria-label=${t("It is good for")}>
            <option value="90">${t("90 days")}</option>
            <option value="365">${t("1 year")}</option>
            <option value="">${t("ever, until it is revoked")}</option>
          </select>
          <button class="button" ?disabled=${this.isBusy}>${t("New token")}</button>
        </form>
      </div>
    `;
  }

  /** @param {SubmitEvent} event */
  #create(event) {
    const data = fieldsOf(event);
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    this.attempt(async () => {
      const bot = await createBot(this.app.api, {
        username: String(data.get("username")).trim(),
        display_name: String(data.get("display_name")).trim(),
        role: "member",
      });
      form.reset();
      await this.load();
      await this.#show(bot.id);
    });
  }

  /** @param {string | null} botId */
  #open(botId) {
    this.attempt(() => this.#show(botId));
  }

  /** @param {string | null} botId */
  async #show(botId) {
    this.made = null;
    this.tokens = botId === null ? [] : await botTokens(this.app.api, botId);
    this.openId = botId;
  }

  /**
   * @param {Bot} bot
   * @param {SubmitEvent} event
   */
  #issue(bot, event) {
    const data = fieldsOf(event);
    const days = String(data.get("days"));
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    this.attempt(async () => {
      const made = await createBotToken(this.app.api, bot.id, {
        name: String(data.get("name")).trim(),
        expires_in_days: days === "" ? null : Number(days),
        scopes: ["read", "write"],
      });
      form.reset();
      await this.#show(bot.id);
      this.made = made;
    });
  }

  /**
   * @param {Bot} bot
   * @param {Token} token
   */
  async #revoke(bot, token) {
    const isConfirmed = await this.app.ui.confirm({
      title: t("Revoke the token {name}?", { name: token.name }),
      text: t("Whatever uses it is shut out at once."),
      action: t("Revoke"),
    });
    if (!isConfirmed) return;
    this.attempt(async () => {
      await revokeBotToken(this.app.api, bot.id, token.id);
      await this.#show(bot.id);
    });
  }

  /** @param {Bot} bot */
  #setActive(bot) {
    this.attempt(async () => {
      await changeUser(this.app.api, bot.id, { is_active: !bot.is_active });
      await this.load();
    });
  }
}

customElements.define("parley-workspace-bots", WorkspaceBots);
