/** @import { Preferences, PreferencesChange } from "../../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { playChime } from "../../lib/chime.js";
import { locale, t } from "../../lib/i18n.js";
import { SignalElement } from "../../lib/signal_element.js";
import { LIMIT } from "../../protocol.generated.js";
import { icon } from "../icon.js";
import { part, radios, toggle } from "./fields.js";

/** A Monday, to call the days of the week by their names. */
const MONDAY = Date.UTC(2026, 0, 5);

const DAY_MS = 86_400_000;

/** What one wants to be told of, and when. */
class NotificationSettings extends SignalElement {
  static properties = { keywordProblem: { state: true } };

  constructor() {
    super();
    this.keywordProblem = "";
  }

  render() {
    const wanted = this.app.view.preferences.value;
    if (!wanted) return nothing;
    return html`
      ${part(t("On this device"), this.#permission())}
      ${radios({
        name: "setting-level",
        legend: t("Tell me about"),
        hint: t("A channel can be set otherwise in its own menu."),
        chosen: wanted.level,
        choices: [
          { value: "all", label: t("All new messages") },
          { value: "mentions", label: t("Mentions, keywords and direct messages") },
          { value: "nothing", label: t("Nothing") },
        ],
        choose: (level) => this.#change({ level }),
      })}
      ${toggle({
        label: t("Replies in threads that I follow"),
        isOn: wanted.notify_threads,
        choose: (notify_threads) => this.#change({ notify_threads }),
      })}
      ${this.#keywords(wanted.keywords)}
      ${part(t("Quiet hours"), this.#quiet(wanted.quiet_hours))}
      ${part(
        t("How"),
        html`
          ${toggle({
            label: t("Play a soft sound"),
            isOn: wanted.sound,
            choose: (sound) => {
              if (sound) playChime();
              this.#change({ sound });
            },
          })}
          ${toggle({
            label: t("Show what was said"),
            hint: t("Else only who wrote, and where."),
            isOn: wanted.show_text,
            choose: (show_text) => this.#change({ show_text }),
          })}
        `,
      )}
    `;
  }

  #permission() {
    const notifier = this.app.notifier.value;
    if (!notifier) return nothing;
    switch (notifier.permission.value) {
      case "granted":
        return html`
          <p class="setting-state">${icon("bell")}<span>${t(
            "This browser shows notifications.",
          )}</span>
            <button type="button" class="button" data-size="small" @click=${() =>
              notifier.showTest()}>${t("Show one")}</button></p>
        `;
      case "denied":
        return html`
          <p class="setting-state" data-tone="warn">${icon("bell-off")}<span>${t(
            "This browser was told not to show notifications of this site. Allow them in its settings: usually behind the sign beside the address.",
          )}</span></p>
        `;
      case "default":
        return html`
          <p class="setting-state">${icon("bell")}<span>${t(
            "Be told while this window is in the background.",
          )}</span>
            <button type="button" class="button" data-tone="primary" @click=${() =>
              notifier.ask()}>${t("Turn on notifications")}</button></p>
        `;
      default:
        return html`
          <p class="setting-state" data-tone="warn">${icon("bell-off")}<span>${t(
            "This browser cannot show notifications here. It may need an address with https.",
          )}</span></p>
        `;
    }
  }

  /** @param {string[]} keywords */
  #keywords(keywords) {
    return html`
      <form class="field setting" @submit=${(/** @type {SubmitEvent} */ event) =>
        this.#addKeyword(event, keywords)}>
        <label for="keyword">${t("Keywords")}</label>
        <p class="hint" id="keyword-hint">${t(
          "Words that call you like a mention, wherever you can read them.",
        )}</p>
        ${keywords.length > 0
          ? html`<ul class="chips">${
            keywords.map((keyword) =>
              html`<li class="chip">${keyword}<button
              type="button"
              aria-label=${t("Remove {keyword}", { keyword })}
              @click=${() =>
                this.#change({ keywords: keywords.filter((other) => other !== keyword) })}
            >${icon("x")}</button></li>`
            )
          }</ul>`
          : nothing}
        <div class="token-secret">
          <input
            class="input"
            id="keyword"
            name="keyword"
            autocomplete="off"
            maxlength=${LIMIT.KEYWORD_MAX_CHARS}
            placeholder=${t("release")}
            aria-describedby="keyword-hint"
            ?disabled=${keywords.length >= LIMIT.KEYWORDS_MAX}
          />
          <button class="button">${t("Add")}</button>
        </div>
        ${this.keywordProblem
          ? html`<p class="field-error" role="alert">${this.keywordProblem}</p>`
          : nothing}
      </form>
    `;
  }

  /**
   * @param {SubmitEvent} event
   * @param {string[]} keywords
   */
  async #addKeyword(event, keywords) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const keyword = String(new FormData(form).get("keyword")).trim();
    this.keywordProblem = "";
    if (keyword === "") return;
    if (!/[\p{L}\p{N}]/u.test(keyword)) {
      this.keywordProblem = t("A keyword needs a letter or a digit.");
      return;
    }
    form.reset();
    await this.#change({ keywords: [...keywords, keyword] });
  }

  /** @param {Preferences["quiet_hours"]} hours */
  #quiet(hours) {
    const change = (/** @type {Partial<Preferences["quiet_hours"]>} */ some) =>
      this.#change({ quiet_hours: { ...hours, ...some } });
    const weekday = new Intl.DateTimeFormat(locale(), { weekday: "short", timeZone: "UTC" });
    const zone = this.app.view.me.value.time_zone;
    return html`
      ${toggle({
        label: t("No notifications at night, or whenever you say"),
        isOn: hours.is_on,
        choose: (is_on) => change({ is_on }),
      })}
      ${hours.is_on
        ? html`
          <div class="quiet">
            <label>${t("From")} <input
              class="input"
              type="time"
              required
              .value=${hours.from}
              @change=${(/** @type {Event} */ event) => onTime(event, (from) => change({ from }))}
            /></label>
            <label>${t("To")} <input
              class="input"
              type="time"
              required
              .value=${hours.to}
              @change=${(/** @type {Event} */ event) => onTime(event, (to) => change({ to }))}
            /></label>
            <fieldset class="quiet-days">
              <legend class="vh">${t("The days on which they begin")}</legend>
              ${[0, 1, 2, 3, 4, 5, 6].map((day) =>
                html`<label>
                  <input
                    type="checkbox"
                    .checked=${hours.days.includes(day)}
                    @change=${(/** @type {Event} */ event) =>
                  change({
                    days: /** @type {HTMLInputElement} */ (event.target).checked
                      ? [...hours.days, day].toSorted()
                      : hours.days.filter((other) => other !== day),
                  })}
                  />${weekday.format(MONDAY + day * DAY_MS)}</label>`
              )}
            </fieldset>
          </div>
          <p class="hint">${zone
            ? t("By the clocks of {zone}.", { zone: zone.replaceAll("_", " ") })
            : t("By the clock of Greenwich: say in your profile where you are.")}</p>
        `
        : nothing}
    `;
  }

  /** @param {PreferencesChange} change */
  #change(change) {
    return this.app.settings.change(change);
  }
}

/**
 * @param {Event} event
 * @param {(time: string) => void} take
 */
function onTime(event, take) {
  const { value } = /** @type {HTMLInputElement} */ (event.target);
  // Somebody is still writing.
  if (/^\d\d:\d\d$/.test(value)) take(value);
}

customElements.define("parley-settings-notifications", NotificationSettings);
