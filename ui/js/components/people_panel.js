/** @import { Member } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { systemClock } from "../lib/clock.js";
import { locale, t } from "../lib/i18n.js";
import { LIMIT } from "../protocol.generated.js";
import { HeadCount } from "../session/head_count.js";
import { groupedMembers, matchesPerson } from "../store/members.js";
import { avatar, PRESENCE_LABEL } from "./avatar.js";
import { icon } from "./icon.js";
import { PanelElement } from "./panel_element.js";
import { roleLabel } from "./roles.js";
import { statusMark, statusText } from "./status_mark.js";
import { hasStatus } from "../store/status.js";

/** The people in the open channel, those who are there first. */
class PeoplePanel extends PanelElement {
  static properties = { sought: { state: true }, online: { state: true } };

  constructor() {
    super();
    this.sought = "";
    this.channelId = "";
    /** @type {IntersectionObserver | null} */
    this.observer = null;
    this.isAtEnd = false;
    this.askedMinute = 0;
    this.askedCount = 0;
    /** @type {number | null} */
    this.online = null;
    /** @type {HeadCount | null} */
    this.headCount = null;
    /** @type {object | null} */
    this.presenceSeen = null;
  }

  get heading() {
    return t("People");
  }

  get remark() {
    return this.online === null
      ? ""
      : t("{count} online", { count: this.online.toLocaleString(locale()) });
  }

  firstUpdated() {
    const panel = this.app.ui.panel.peek();
    const lookedAt = panel?.kind === "people" ? panel.lookedAt : undefined;
    const line = lookedAt && this.querySelector(`.person[value="${lookedAt}"]`);
    if (line instanceof HTMLElement) line.focus();
    else super.firstUpdated();
    const end = this.querySelector(".people-end");
    const list = this.querySelector(".people-list");
    if (!end || !list) return;
    this.observer = new IntersectionObserver(([entry]) => {
      this.isAtEnd = entry?.isIntersecting ?? false;
      this.#loadMore();
    }, { root: list, rootMargin: "600px" });
    this.observer.observe(end);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.observer?.disconnect();
    this.headCount?.look(null);
  }

  updated() {
    const channelId = this.app.view.openId.peek() ?? "";
    if (channelId !== this.channelId) {
      this.channelId = channelId;
      this.sought = "";
      this.askedCount = 0;
    }
    this.#loadMore();
    this.#lookUpPresence();
    this.#countHeads();
  }

  renderBody() {
    const { view, ui } = this.app;
    const list = view.members.value;
    view.openId.value;
    ui.minute.value;
    const users = view.users.value;
    const rows = (list?.rows ?? []).filter(({ user_id }) =>
      matchesPerson(users[user_id], this.sought)
    );
    const groups = groupedMembers(rows, users, view.presence.value);
    return html`
      <div class="people-search">
        ${icon("search")}
        <input
          class="input"
          type="search"
          autocomplete="off"
          aria-label=${t("Find people in this channel")}
          placeholder=${t("Find people")}
          .value=${this.sought}
          @input=${(/** @type {Event} */ event) =>
            this.sought = /** @type {HTMLInputElement} */ (event.target).value}
          @keydown=${this.#onSearchKey}
        />
      </div>
      <div class="people-list" tabindex="0" role="region" aria-label=${t("People in this channel")}>
        ${groups.map(({ name, members }) => this.#group(name, members))}
        ${list && !list.isLoading && !list.hasMore && rows.length === 0
          ? html`<p class="hint">${
            t("Nobody here is called “{text}”.", {
              text: this.sought.trim(),
            })
          }</p>`
          : nothing}
        ${list?.isLoading ? html`<p class="hint">${t("Loading…")}</p>` : nothing}
        ${list?.error
          ? html`<p class="field-error" role="alert">${list.error}
            <button type="button" class="button" data-size="small" @click=${() =>
            this.app.loader.members(this.channelId)}>${t("Try again")}</button></p>`
          : nothing}
        <div class="people-end"></div>
      </div>
    `;
  }

  /**
   * @param {"here" | "away" | "unknown"} name
   * @param {Member[]} members
   */
  #group(name, members) {
    if (members.length === 0) return nothing;
    const labels = { here: t("Online"), away: t("Offline"), unknown: t("Presence unknown") };
    const { hasMore } = this.app.view.members.value ?? { hasMore: false };
    return html`
      <section class="people-group">
        <h3>${labels[name]} <span class="hint">${members.length.toLocaleString(locale())}${hasMore
          ? "+"
          : ""}</span></h3>
        <ul>${repeat(members, ({ user_id }) => user_id, (member) => this.#person(member))}</ul>
      </section>
    `;
  }

  /** @param {Member} member */
  #person({ user_id, role }) {
    const { view, people } = this.app;
    const user = view.users.value[user_id];
    const presence = view.presence.value[user_id] ?? "unknown";
    const isMe = user_id === view.me.value.id;
    return html`
      <li>
        <button
          type="button"
          class="person"
          value=${user_id}
          @click=${() => people.show(user_id, { kind: "people", lookedAt: user_id })}
        >
          ${avatar(user, presence, { size: 28 })}
          <span class="person-names">
            <span class="person-name">${user?.display_name || user?.username}${isMe
              ? html`
                <span class="hint">${t("(you)")}</span>
              `
              : nothing} ${statusMark(user)}</span>
            <span class="hint">@${user
              ?.username} · ${PRESENCE_LABEL[presence]}${user && hasStatus(user)
              ? ` · ${statusText(user)}`
              : ""}</span>
          </span>
          ${role === "member" ? nothing : html`<span class="tag">${roleLabel(role)}</span>`}
          ${user?.role === "guest" ? html`<span class="tag">${roleLabel("guest")}</span>` : nothing}
          ${user?.is_bot ? html`<span class="tag">${t("Bot")}</span>` : nothing}
        </button>
      </li>
    `;
  }

  /** Somebody who is sought may be on any page. */
  #loadMore() {
    const channelId = this.app.view.openId.peek();
    const list = this.app.view.members.peek();
    if (channelId === null || list?.isLoading || list?.error) return;
    const isWanted = list === null || this.isAtEnd || this.sought.trim() !== "";
    if (isWanted) this.app.loader.members(channelId);
  }

  /** The socket tells of so many people. The others are asked for, once a minute. */
  #lookUpPresence() {
    const rows = this.app.view.members.peek()?.rows ?? [];
    const minute = this.app.ui.minute.peek();
    if (rows.length <= LIMIT.WATCH_MAX_USERS) return;
    if (minute === this.askedMinute && rows.length === this.askedCount) return;
    this.askedMinute = minute;
    this.askedCount = rows.length;
    this.app.people.lookUpPresence(rows.map(({ user_id }) => user_id));
  }

  /** Not everybody in a large channel is watched, so the server counts. */
  #countHeads() {
    const { api, view } = this.app;
    this.headCount ??= new HeadCount({
      api,
      clock: systemClock,
      tell: (online) => {
        this.online = online;
      },
    });
    this.headCount.look(view.channel.peek()?.membership ? this.channelId : null);
    const presence = view.presence.peek();
    if (this.presenceSeen !== null && presence !== this.presenceSeen) this.headCount.hint();
    this.presenceSeen = presence;
  }

  /** @param {KeyboardEvent} event */
  #onSearchKey(event) {
    if (event.key === "Escape" && this.sought !== "") {
      // First what is sought, then the panel.
      event.preventDefault();
      this.sought = "";
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      /** @type {HTMLElement | null} */ (this.querySelector(".person"))?.focus();
    }
  }
}

customElements.define("parley-people-panel", PeoplePanel);
