/** @import { ChannelView } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { locale, t, tn } from "../lib/i18n.js";
import { folded } from "../lib/ranking.js";
import { otherChannels } from "../rest/channels.js";
import { sentence } from "../session/loader.js";
import { DialogElement } from "./dialog_element.js";
import { channelIcon, icon } from "./icon.js";

const byName = new Intl.Collator(locale(), { sensitivity: "base", numeric: true });

/** So many lines at first, and so many more each time. */
const SHOWN = 50;

/** @typedef {"all" | "mine" | "others" | "archived"} Filter */
/** @typedef {"name" | "members" | "newest"} Order */

/** @type {Record<Order, (a: ChannelView, b: ChannelView) => number>} */
const ORDERS = {
  name: (a, b) => byName.compare(a.name, b.name),
  members: (a, b) => b.member_count - a.member_count || byName.compare(a.name, b.name),
  newest: (a, b) => Date.parse(b.created_at) - Date.parse(a.created_at),
};

/** All the channels there are for this person: to look at, to join, to leave. */
class BrowseDialog extends DialogElement {
  static properties = {
    others: { state: true },
    archived: { state: true },
    isLoading: { state: true },
    wanted: { state: true },
    filter: { state: true },
    order: { state: true },
    shown: { state: true },
    problem: { state: true },
    joiningId: { state: true },
  };

  constructor() {
    super();
    /** @type {ChannelView[]} */
    this.others = [];
    /** @type {ChannelView[]} */
    this.archived = [];
    this.isLoading = true;
    this.wanted = "";
    /** @type {Filter} */
    this.filter = "all";
    /** @type {Order} */
    this.order = "name";
    this.shown = SHOWN;
    this.problem = "";
    this.joiningId = "";
  }

  get heading() {
    return t("Browse channels");
  }

  /** @returns {"large"} */
  get size() {
    return "large";
  }

  firstUpdated() {
    super.firstUpdated();
    this.#load("browse");
  }

  /**
   * Page by page; what has come can be seen already.
   *
   * @param {"browse" | "archived"} which
   */
  async #load(which) {
    this.isLoading = true;
    this.problem = "";
    /** @type {ChannelView[]} */
    const rows = [];
    /** @type {string | null} */
    let cursor = null;
    try {
      do {
        const page = await otherChannels(this.app.api, which, cursor);
        rows.push(...page.results);
        if (which === "browse") this.others = [...rows];
        else this.archived = [...rows];
        cursor = page.has_more ? page.next_cursor : null;
      } while (cursor !== null && this.isConnected);
    } catch (error) {
      this.problem = sentence(error);
    } finally {
      this.isLoading = false;
    }
  }

  renderBody() {
    const channels = this.#matching();
    const isGuest = this.app.view.me.value.role === "guest";
    return html`
      <div class="dialog-body browse">
        <div class="browse-field">
          <input
            type="search"
            class="input"
            aria-label=${t("Find a channel")}
            placeholder=${t("Find a channel by its name or topic")}
            autofocus
            .value=${this.wanted}
            @input=${this.#onInput}
          />
          ${isGuest ? nothing : html`
            <button
              type="button"
              class="button"
              data-tone="primary"
              @click=${() => this.app.ui.openDialog("create", this.wanted.trim())}
            >${icon("plus")}${t("Create")}</button>
          `}
        </div>
        <div class="browse-tools">
          ${this.#filters()}
          <label class="browse-order"><span class="hint">${t("Sorted by")}</span>
            <select class="select" @change=${this.#onOrder}>
              <option value="name">${t("Name")}</option>
              <option value="members">${t("Most people")}</option>
              <option value="newest">${t("Newest")}</option>
            </select>
          </label>
        </div>
        ${this.problem ? html`<p class="field-error" role="alert">${this.problem}</p>` : nothing}
        <ul class="browse-list" aria-busy=${this.isLoading ? "true" : "false"}>${repeat(
          channels.slice(0, this.shown),
          (channel) => channel.id,
          (channel) => this.#line(channel),
        )}</ul>
        <p class="hint browse-count" role="status">${this.#summary(channels.length)}</p>
        ${channels.length > this.shown
          ? html`
            <p class="dialog-actions">
              <button type="button" class="button" @click=${() => this.shown += SHOWN}>
                ${t("Show more")}
              </button>
            </p>
          `
          : nothing}
      </div>
    `;
  }

  #filters() {
    const labels = /** @type {[Filter, string][]} */ ([
      ["all", t("All")],
      ["mine", t("Mine")],
      ["others", t("Not joined")],
      ["archived", t("Archived")],
    ]);
    return html`
      <fieldset class="segments">
        <legend class="vh">${t("Which channels")}</legend>
        ${labels.map(([filter, label]) =>
          html`<label><input
            type="radio"
            name="filter"
            .checked=${this.filter === filter}
            @change=${() => this.#choose(filter)}
          /><span>${label}</span></label>`
        )}
      </fieldset>
    `;
  }

  /** @param {number} count */
  #summary(count) {
    if (count > 0) return tn("{count} channel", "{count} channels", count);
    if (this.isLoading) return t("Loading…");
    if (this.wanted.trim()) return t("No channel is called so.");
    if (this.filter === "archived") return t("Nothing is archived.");
    if (this.filter === "others") return t("You are in all channels there are.");
    return t("There is no channel yet.");
  }

  /** @param {ChannelView} channel */
  #line(channel) {
    const { name, topic, description, membership, archived_at, kind } = channel;
    return html`
      <li class="browse-line">
        <a
          href="/channels/${channel.id}"
          class="browse-name"
          title=${t("Look at {name}", { name })}
          @click=${this.close}
        >${channelIcon(channel)}<span>${name}</span></a>
        <p class="hint">${tn("{count} person", "{count} people", channel.member_count)}${membership
          ? html`
            · <span class="browse-joined">${t("Joined")}</span>
          `
          : nothing}${topic || description ? ` · ${topic || description}` : ""}</p>
        ${membership
          ? html`
            <button
              type="button"
              class="button"
              data-size="small"
              aria-label=${t("Leave {name}", { name })}
              @click=${() => this.app.channels.leave(channel)}
            >${t("Leave")}</button>
          `
          : archived_at !== null || kind !== "public"
          ? nothing
          : html`
            <button
              type="button"
              class="button"
              data-size="small"
              data-tone="primary"
              aria-label=${t("Join {name}", { name })}
              ?disabled=${this.joiningId !== ""}
              @click=${() => this.#join(channel)}
            >${this.joiningId === channel.id ? t("Joining…") : t("Join")}</button>
          `}
      </li>
    `;
  }

  #matching() {
    const mine = this.app.view.lines.value.map(({ channel }) => channel)
      .filter(({ kind, archived_at }) => kind !== "dm" && archived_at === null);
    const mineIds = new Set(mine.map(({ id }) => id));
    const others = this.others.filter(({ id }) => !mineIds.has(id));
    const rows = {
      all: [...others, ...mine],
      mine,
      others,
      archived: this.archived,
    }[this.filter];
    const wanted = folded(this.wanted.trim().replace(/^#/, "")).text;
    return rows.filter(({ name, topic }) => folded(`${name} ${topic}`).text.includes(wanted))
      .sort(ORDERS[this.order]);
  }

  /** @param {InputEvent} event */
  #onInput(event) {
    this.wanted = /** @type {HTMLInputElement} */ (event.target).value;
    this.shown = SHOWN;
  }

  /** @param {Event} event */
  #onOrder(event) {
    this.order = /** @type {Order} */ (/** @type {HTMLSelectElement} */ (event.target).value);
  }

  /** @param {Filter} filter */
  #choose(filter) {
    this.filter = filter;
    this.shown = SHOWN;
    if (filter === "archived") this.#load("archived");
  }

  /** @param {ChannelView} channel */
  async #join(channel) {
    this.joiningId = channel.id;
    this.problem = "";
    try {
      await this.app.channels.join(channel.id);
      this.close();
      this.app.places.open(channel.id);
    } catch (error) {
      this.problem = t("You could not join {name}. {reason}", {
        name: channel.name,
        reason: sentence(error),
      });
    } finally {
      this.joiningId = "";
    }
  }
}

customElements.define("parley-browse-dialog", BrowseDialog);
