/** @import { ChannelView } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { levelLabel, LEVELS } from "../lib/levels.js";
import { locale, t, tn } from "../lib/i18n.js";
import { LIMIT } from "../protocol.generated.js";
import { canDescribe, displayName } from "../store/selectors.js";
import { icon } from "./icon.js";
import { fieldsOf, ManageElement } from "./manage_element.js";

const day = new Intl.DateTimeFormat(locale(), { dateStyle: "long" });

/** What the channel is about, and what it is to me. */
class DetailsAbout extends ManageElement {
  static properties = {
    ...ManageElement.properties,
    channel: { attribute: false },
    edited: { state: true },
  };

  constructor() {
    super();
    /** @type {ChannelView} */
    this.channel;
    /** @type {"" | "topic" | "description"} */
    this.edited = "";
  }

  render() {
    const { channel } = this;
    return html`
      ${this.renderProblem()} ${channel.kind === "dm"
        ? nothing
        : html`${this.#text("topic")} ${this.#text("description")}`}
      ${channel.membership ? this.#forMe() : nothing} ${this.#facts()}
      ${channel.membership && channel.kind !== "dm"
        ? html`<p><button
          type="button"
          class="button"
          @click=${() => this.app.channels.leave(channel)}
        >${icon("log-out")}${t("Leave channel…")}</button></p>`
        : nothing}
    `;
  }

  /** @param {"topic" | "description"} field */
  #text(field) {
    const label = field === "topic" ? t("Topic") : t("Description");
    const text = this.channel[field];
    const canEdit = canDescribe(this.channel, this.app.view.me.value);
    if (this.edited === field) return this.#form(field, label, text);
    if (!text && !canEdit) return nothing;
    return html`
      <section class="details-part">
        <div class="details-part-head">
          <h3>${label}</h3>
          ${canEdit
            ? html`
              <button
                type="button"
                class="icon-button"
                aria-label=${field === "topic" ? t("Edit topic") : t("Edit description")}
                @click=${() => this.#edit(field)}
              >${icon("pencil")}</button>
            `
            : nothing}
        </div>
        ${text
          ? html`<p>${text}</p>`
          : html`<p class="hint">${
            field === "topic"
              ? t("Say what it is about just now.")
              : t("Say what it is for, and what belongs here.")
          }</p>`}
      </section>
    `;
  }

  /**
   * @param {"topic" | "description"} field
   * @param {string} label
   * @param {string} text
   */
  #form(field, label, text) {
    const max = field === "topic" ? LIMIT.TOPIC_MAX_CHARS : LIMIT.DESCRIPTION_MAX_CHARS;
    return html`
      <form class="details-part" @submit=${this.#save} @keydown=${this.#onKey}>
        <label for="details-text"><h3>${label}</h3></label>
        <textarea
          class="input"
          id="details-text"
          name="text"
          rows=${field === "topic" ? 2 : 5}
          maxlength=${max}
          .value=${text}
        ></textarea>
        <p class="dialog-actions">
          <button type="button" class="button" data-size="small" @click=${() => this.#done()}>
            ${t("Cancel")}
          </button>
          <button class="button" data-size="small" data-tone="primary" ?disabled=${this.isBusy}>
            ${t("Save")}
          </button>
        </p>
      </form>
    `;
  }

  #forMe() {
    const { id, membership } = this.channel;
    if (!membership) return nothing;
    const { channels } = this.app;
    return html`
      <section class="details-part">
        <h3>${t("For you")}</h3>
        <label class="field"><span class="field-label hint">${t("Notify me of")}</span>
          <select
            class="select"
            @change=${(/** @type {Event} */ { target }) => {
              const { value } = /** @type {HTMLSelectElement} */ (target);
              channels.setMembership(id, { level: /** @type {typeof LEVELS[number]} */ (value) });
            }}
          >${LEVELS.map((level) =>
            html`<option value=${level} ?selected=${membership.level === level}>${
              levelLabel(
                level,
              )
            }</option>`
          )}</select>
        </label>
        <label class="choice-line"><input
          type="checkbox"
          .checked=${membership.is_muted}
          @change=${() => channels.setMembership(id, { is_muted: !membership.is_muted })}
        /><span>${t("Mute")}</span></label>
        <label class="choice-line"><input
          type="checkbox"
          .checked=${membership.is_favourite}
          @change=${() => channels.setMembership(id, { is_favourite: !membership.is_favourite })}
        /><span>${t("Favourite")}</span></label>
      </section>
    `;
  }

  #facts() {
    const { created_at, created_by_id, kind, posting, archived_at, is_default, member_count } =
      this.channel;
    const kinds = {
      public: t("Public: everyone can join and read"),
      private: t("Private: only people who are added"),
      dm: t("Direct conversation"),
    };
    return html`
      <dl class="details-facts">
        <dt>${t("Kind")}</dt>
        <dd>${kinds[kind]}</dd>
        <dt>${t("People")}</dt>
        <dd>${tn("{count} person", "{count} people", member_count)}</dd>
        <dt>${t("Begun")}</dt>
        <dd>${day.format(new Date(created_at))}${created_by_id
          ? ` · ${displayName(this.app.view.users.value, created_by_id)}`
          : ""}</dd>
        ${posting === "moderators"
          ? html`
            <dt>${t("Posting")}</dt>
            <dd>${t("Only those who run the channel")}</dd>
          `
          : nothing} ${is_default
          ? html`
            <dt>${t("Newcomers")}</dt>
            <dd>${t("begin here")}</dd>
          `
          : nothing} ${archived_at
          ? html`
            <dt>${t("Archived")}</dt>
            <dd>${day.format(new Date(archived_at))}</dd>
          `
          : nothing}
      </dl>
    `;
  }

  /** @param {"topic" | "description"} field */
  async #edit(field) {
    this.edited = field;
    await this.updateComplete;
    this.querySelector("textarea")?.focus();
  }

  /** @param {SubmitEvent} event */
  async #save(event) {
    const text = String(fieldsOf(event).get("text")).trim();
    const field = this.edited;
    if (!field) return;
    const isDone = await this.attempt(() =>
      this.app.channels.change(this.channel.id, { [field]: text })
    );
    if (isDone) this.#done();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      this.#done();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      /** @type {HTMLFormElement} */ (event.currentTarget).requestSubmit();
    }
  }

  async #done() {
    const field = this.edited;
    this.edited = "";
    await this.updateComplete;
    const label = field === "topic" ? t("Edit topic") : t("Edit description");
    /** @type {HTMLElement | null} */ (
      this.querySelector(`[aria-label="${CSS.escape(label)}"]`)
    )?.focus();
  }
}

customElements.define("parley-details-about", DetailsAbout);
