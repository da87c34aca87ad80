/** @import { Invite, NewInvite } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { locale, t, tn } from "../lib/i18n.js";
import { LIMIT } from "../protocol.generated.js";
import { createInvite, invites, revokeInvite } from "../rest/workspace.js";
import { displayName } from "../store/selectors.js";
import "./copy_field.js";
import { fieldsOf, ManageElement } from "./manage_element.js";

const moment = new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" });

/** Links that let people in: making one, and those there are. */
class WorkspaceInvites extends ManageElement {
  static properties = {
    ...ManageElement.properties,
    rows: { state: true },
    made: { state: true },
    nextCursor: { state: true },
  };

  constructor() {
    super();
    /** @type {Invite[]} */
    this.rows = [];
    /** @type {NewInvite | null} */
    this.made = null;
    /** @type {string | null} */
    this.nextCursor = null;
    this.pictureUrl = "";
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    URL.revokeObjectURL(this.pictureUrl);
  }

  async load() {
    const page = await invites(this.app.api, null);
    this.rows = page.results;
    this.nextCursor = page.has_more ? page.next_cursor : null;
  }

  render() {
    const open = this.rows.filter(({ is_open }) => is_open);
    return html`
      ${this.made ? this.#fresh(this.made) : this.#form()} ${this.renderProblem()}
      <section class="manage-part">
        <h3>${t("Open invites")}</h3>
        ${open.length === 0
          ? html`<p class="hint">${t("Nobody can come in with a link just now.")}</p>`
          : html`<ul class="manage-list">${open.map((invite) => this.#line(invite))}</ul>`}
        ${this.nextCursor
          ? html`<button type="button" class="button" @click=${() =>
            this.attempt(() => this.#more())}>${t("Show more")}</button>`
          : nothing}
      </section>
    `;
  }

  #form() {
    const channels = this.app.view.lines.value.map(({ channel }) => channel)
      .filter(({ kind, archived_at }) => kind !== "dm" && archived_at === null);
    return html`
      <form class="form" @submit=${this.#create}>
        <div class="field-row">
          <label class="field"><span class="field-label">${t("They come in as")}</span>
            <select class="select" name="role">
              <option value="member">${t("Member")}</option>
              <option value="guest">${t("Guest: sees only the channels below")}</option>
            </select>
          </label>
          <label class="field"><span class="field-label">${t("It is good for")}</span>
            <select class="select" name="days">
              <option value="1">${t("1 day")}</option>
              <option value="7" selected>${t("7 days")}</option>
              <option value="30">${t("30 days")}</option>
              <option value="">${t("ever, until it is revoked")}</option>
            </select>
          </label>
          <label class="field"><span class="field-label">${t("How many can use it")}</span>
            <select class="select" name="uses">
              <option value="">${t("as many as like")}</option>
              <option value="1">1</option>
              <option value="10">10</option>
              <option value="100">100</option>
            </select>
          </label>
        </div>
        <label class="field"><span class="field-label">${t("For whom")} <span class="hint">${t(
          "(only you see it)",
        )}</span></span>
          <input class="input" name="note" maxlength=${LIMIT.NAME_MAX_CHARS} autocomplete="off" />
        </label>
        ${channels.length > 0
          ? html`
            <details class="more">
              <summary>${t("Channels they begin in")}</summary>
              <fieldset class="checks">
                <legend class="vh">${t("Channels they begin in")}</legend>
                ${channels.map(({ id, name, is_default }) =>
                  html`<label class="choice-line"><input
                    type="checkbox"
                    name="channel"
                    value=${id}
                  /><span>${name}${
                    is_default
                      ? html`
                        <span class="tag">${t("default")}</span>
                      `
                      : nothing
                  }</span></label>`
                )}
              </fieldset>
            </details>
          `
          : nothing}
        <p class="dialog-actions">
          <button class="button" data-tone="primary" ?disabled=${this.isBusy}>
            ${t("Make an invite link")}
          </button>
        </p>
      </form>
    `;
  }

  /** @param {NewInvite} invite */
  #fresh(invite) {
    return html`
      <section class="invite-fresh">
        <img class="invite-code" src=${this.pictureUrl} alt=${t("QR code of the link")} />
        <div class="form">
          <p><b>${t("Here is the link.")}</b> ${t(
            "It is shown this once: copy it now, or let them point a camera at it.",
          )}</p>
          <parley-copy-field
            .app=${this.app}
            .label=${t("Invite link")}
            .value=${invite.url}
          ></parley-copy-field>
          <p class="hint">${this.#conditions(invite)}</p>
          <p>
            <button type="button" class="button" @click=${() => this.made = null}>
              ${t("Make another one")}
            </button>
          </p>
        </div>
      </section>
    `;
  }

  /** @param {Invite} invite */
  #line(invite) {
    const by = invite.created_by_id;
    const name = invite.note || t("Invite of {date}", { date: date(invite.created_at) });
    return html`
      <li class="manage-line">
        <span class="manage-names">
          <span>${name}</span>
          <span class="hint">${this.#conditions(invite)}${by
            ? ` · ${t("made by {name}", { name: displayName(this.app.view.users.value, by) })}`
            : ""}</span>
        </span>
        <button
          type="button"
          class="button"
          data-size="small"
          aria-label=${t("Revoke {name}", { name })}
          @click=${() => this.#revoke(invite)}
        >${t("Revoke")}</button>
      </li>
    `;
  }

  /** @param {Invite} invite */
  #conditions({ role, expires_at, max_uses, uses }) {
    return [
      role === "guest" ? t("for guests") : t("for members"),
      expires_at ? t("until {date}", { date: date(expires_at) }) : t("without an end"),
      max_uses === null
        ? tn("used once", "used {count} times", uses)
        : t("used {uses} of {max} times", { uses, max: max_uses }),
    ].join(" · ");
  }

  /** @param {SubmitEvent} event */
  #create(event) {
    const data = fieldsOf(event);
    const days = String(data.get("days"));
    const uses = String(data.get("uses"));
    this.attempt(async () => {
      const made = await createInvite(this.app.api, {
        role: data.get("role") === "guest" ? "guest" : "member",
        channel_ids: data.getAll("channel").map(String),
        expires_in_days: days === "" ? null : Number(days),
        max_uses: uses === "" ? null : Number(uses),
        note: String(data.get("note")).trim(),
      });
      URL.revokeObjectURL(this.pictureUrl);
      this.pictureUrl = URL.createObjectURL(
        new Blob([asDocument(made.qr_svg)], { type: "image/svg+xml" }),
      );
      this.made = made;
      await this.load();
    });
  }

  /** @param {Invite} invite */
  #revoke(invite) {
    this.attempt(async () => {
      await revokeInvite(this.app.api, invite.id);
      await this.load();
    });
  }

  async #more() {
    const page = await invites(this.app.api, this.nextCursor);
    this.rows = [...this.rows, ...page.results];
    this.nextCursor = page.has_more ? page.next_cursor : null;
  }
}

/** @param {string} at */
function date(at) {
  return moment.format(new Date(at));
}

/**
 * A picture stands alone: it has to say what it is.
 *
 * @param {string} svg as it would stand in a page
 */
function asDocument(svg) {
  if (svg.includes("xmlns=")) return svg;
  return svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"');
}

customElements.define("parley-workspace-invites", WorkspaceInvites);
