/** @import { ChannelView, NewWebhook, Webhook } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { locale, t } from "../lib/i18n.js";
import { LIMIT } from "../protocol.generated.js";
import {
  changeWebhook,
  createWebhook,
  revokeWebhook,
  rotateWebhook,
  webhooks,
} from "../rest/channels.js";
import "./copy_field.js";
import { icon } from "./icon.js";
import { fieldsOf, ManageElement } from "./manage_element.js";

const day = new Intl.DateTimeFormat(locale(), { dateStyle: "medium" });

/** Addresses at which programs post into this channel. */
class DetailsWebhooks extends ManageElement {
  static properties = {
    ...ManageElement.properties,
    channel: { attribute: false },
    rows: { state: true },
    made: { state: true },
    renamedId: { state: true },
  };

  constructor() {
    super();
    /** @type {ChannelView} */
    this.channel;
    /** @type {Webhook[] | null} */
    this.rows = null;
    /** @type {NewWebhook | null} */
    this.made = null;
    /** @type {string | null} */
    this.renamedId = null;
  }

  async load() {
    this.rows = await webhooks(this.app.api);
  }

  render() {
    const rows = (this.rows ?? []).filter(({ channel_id }) => channel_id === this.channel.id);
    return html`
      <p class="hint">${t(
        "A webhook is an address at which a program posts here, in the format of Slack.",
      )}</p>
      ${this.made?.channel_id === this.channel.id ? this.#fresh(this.made) : nothing}
      ${this.renderProblem()}
      <ul class="manage-list">${rows.map((row) => this.#line(row))}</ul>
      ${this.rows && rows.length === 0
        ? html`<p class="hint">${t("No program posts here yet.")}</p>`
        : nothing}
      ${this.channel.archived_at === null
        ? html`
          <form class="details-part" @submit=${this.#create}>
            <label for="webhook-name"><h3>${t("New webhook")}</h3></label>
            <div class="inline-form">
              <input
                class="input"
                id="webhook-name"
                name="name"
                required
                autocomplete="off"
                placeholder=${t("Deploys")}
                maxlength=${LIMIT.NAME_MAX_CHARS}
              />
              <button class="button" data-tone="primary" ?disabled=${this.isBusy}>
                ${t("Make")}
              </button>
            </div>
          </form>
        `
        : nothing}
    `;
  }

  /** @param {NewWebhook} made */
  #fresh(made) {
    return html`
      <section class="manage-inside" role="status">
        <p><b>${t("Here is the address of {name}.", { name: made.name })}</b> ${t(
          "It is shown this once. Whoever has it can post here.",
        )}</p>
        <parley-copy-field
          .app=${this.app}
          .label=${t("Address")}
          .value=${made.url}
        ></parley-copy-field>
        <details class="more">
          <summary>${t("For programs that insist on an address like Slack's")}</summary>
          <parley-copy-field
            .app=${this.app}
            .label=${t("Address like Slack's")}
            .value=${made.slack_url}
          ></parley-copy-field>
        </details>
      </section>
    `;
  }

  /** @param {Webhook} row */
  #line(row) {
    const used = row.last_used_at
      ? t("last used {date}", { date: day.format(new Date(row.last_used_at)) })
      : t("never used");
    if (this.renamedId === row.id) return this.#renaming(row);
    return html`
      <li class="manage-line">
        <span class="manage-names">
          <span>${row.name}</span>
          <span class="hint">${used}</span>
        </span>
        <button
          type="button"
          class="icon-button"
          aria-label=${t("Rename {name}", { name: row.name })}
          title=${t("Rename")}
          @click=${() => this.renamedId = row.id}
        >${icon("pencil")}</button>
        <button
          type="button"
          class="icon-button"
          aria-label=${t("New address for {name}", { name: row.name })}
          title=${t("New address")}
          @click=${() => this.#rotate(row)}
        >${icon("rotate-cw")}</button>
        <button
          type="button"
          class="icon-button"
          data-tone="danger"
          aria-label=${t("Remove {name}", { name: row.name })}
          title=${t("Remove")}
          @click=${() => this.#revoke(row)}
        >${icon("trash-2")}</button>
        <label class="choice-line"><input
          type="checkbox"
          .checked=${!row.is_locked_to_channel}
          @change=${() => this.#change(row, { is_locked_to_channel: !row.is_locked_to_channel })}
        /><span class="hint">${t("It may name other channels to post in")}</span></label>
      </li>
    `;
  }

  /** @param {Webhook} row */
  #renaming(row) {
    return html`
      <li>
        <form class="inline-form" @submit=${(/** @type {SubmitEvent} */ event) =>
          this.#change(row, { name: String(fieldsOf(event).get("name")).trim() })}>
          <input
            class="input"
            name="name"
            required
            aria-label=${t("Name")}
            maxlength=${LIMIT.NAME_MAX_CHARS}
            .value=${row.name}
          />
          <button class="button" data-tone="primary" ?disabled=${this.isBusy}>${t("Save")}</button>
        </form>
      </li>
    `;
  }

  /** @param {SubmitEvent} event */
  #create(event) {
    const data = fieldsOf(event);
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    this.attempt(async () => {
      this.made = await createWebhook(this.app.api, {
        channel_id: this.channel.id,
        name: String(data.get("name")).trim(),
        is_locked_to_channel: true,
      });
      form.reset();
      await this.load();
    });
  }

  /**
   * @param {Webhook} row
   * @param {import("../protocol.generated.d.ts").WebhookChange} fields
   */
  #change(row, fields) {
    this.attempt(async () => {
      await changeWebhook(this.app.api, row.id, fields);
      this.renamedId = null;
      await this.load();
    });
  }

  /** @param {Webhook} row */
  async #rotate(row) {
    const isConfirmed = await this.app.ui.confirm({
      title: t("A new address for {name}?", { name: row.name }),
      text: t("The address that is in use now ends at once."),
      action: t("New address"),
    });
    if (!isConfirmed) return;
    this.attempt(async () => {
      this.made = await rotateWebhook(this.app.api, row.id);
    });
  }

  /** @param {Webhook} row */
  async #revoke(row) {
    const isConfirmed = await this.app.ui.confirm({
      title: t("Remove the webhook {name}?", { name: row.name }),
      text: t("Its address ends and its bot leaves. What it said stays."),
      action: t("Remove"),
    });
    if (!isConfirmed) return;
    this.attempt(async () => {
      await revokeWebhook(this.app.api, row.id);
      if (this.made?.id === row.id) this.made = null;
      await this.load();
    });
  }
}

customElements.define("parley-details-webhooks", DetailsWebhooks);
