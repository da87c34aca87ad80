/** What several of the live pages show alike. */

import { html, nothing, svg } from "lit";
import { t } from "../lib/i18n.js";
import { agent, bytes, count, duration } from "./words.js";

/** @import { TemplateResult } from "lit" */
/** @import { ConnectionView, PersonSeen, PersonView, ProcessView } from "../protocol.generated.d.ts" */
/** @import { Place } from "./deck.js" */

const SPARK = { width: 96, height: 22 };

/**
 * A line without axes, for the shape of it. The words beside it say what it is now.
 *
 * @param {(number | null)[]} values
 */
export function spark(values) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return nothing;
  const most = Math.max(...known, 1e-9);
  const x = (/** @type {number} */ index) => (index / (values.length - 1) * SPARK.width).toFixed(1);
  const y = (/** @type {number} */ value) =>
    (SPARK.height - 2 - value / most * (SPARK.height - 4)).toFixed(1);
  let path = "";
  let isPenDown = false;
  values.forEach((value, index) => {
    if (value !== null) path += `${isPenDown ? "L" : "M"}${x(index)} ${y(value)}`;
    isPenDown = value !== null;
  });
  return html`
    <svg class="spark" viewBox="0 0 ${SPARK.width} ${SPARK.height}" preserveAspectRatio="none"
      aria-hidden="true">${svg`<path d=${path}></path>`}</svg>
  `;
}

/** @param {ProcessView["state"]} state */
export function stateMark(state) {
  const words = { live: t("live"), draining: t("draining"), lost: t("lost") };
  return html`<span class="mark" data-state=${state}>${words[state]}</span>`;
}

/** @param {PersonSeen["presence"]} state */
export function presenceMark(state) {
  const words = {
    online: t("online"),
    away: t("away"),
    dnd: t("do not disturb"),
    offline: t("offline"),
    unknown: t("unknown"),
  };
  return html`<span class="mark" data-state=${state}>${words[state]}</span>`;
}

/** @param {PersonView["role"]} role */
export function roleWord(role) {
  return { owner: t("Owner"), admin: t("Admin"), member: t("Member"), guest: t("Guest") }[role];
}

/**
 * @param {Place} place
 * @param {PersonView} user
 */
export function personLink({ bridge }, user) {
  return html`<a href="${bridge}people/${user.id}/" title="@${user.username}">${user.display_name}</a>`;
}

/**
 * @param {string} label
 * @param {unknown} value
 * @param {unknown} [more]
 * @param {string} [tone]
 */
export function tile(label, value, more = nothing, tone = "") {
  return html`
    <div class="tile" data-tone=${tone || nothing}>
      <dt>${label}</dt>
      <dd>${value}</dd>
      ${more === nothing ? nothing : html`<dd class="tile-more">${more}</dd>`}
    </div>
  `;
}

/**
 * @param {Place} place
 * @param {ConnectionView[]} connections
 * @param {number} now
 * @param {{ withPeople: boolean }} options
 * @returns {TemplateResult}
 */
export function connectionTable(place, connections, now, { withPeople }) {
  return html`
    <table class="bridge-table">
      <thead>
        <tr>
          ${withPeople ? html`<th scope="col">${t("Person")}</th>` : nothing}
          <th scope="col">${t("Program")}</th>
          <th scope="col">${t("Address")}</th>
          <th scope="col">${t("Process")}</th>
          <th scope="col" class="number">${t("Since")}</th>
          <th scope="col" class="number">${t("Last heard")}</th>
          <th scope="col" class="number">${t("Streams")}</th>
          <th scope="col" class="number">${t("Waiting")}</th>
          <th scope="col"><span class="visually-hidden">${t("More")}</span></th>
        </tr>
      </thead>
      <tbody>
        ${connections.map((one) => connectionRow(place, one, now, withPeople))}
      </tbody>
    </table>
  `;
}

/**
 * @param {Place} place
 * @param {ConnectionView} one
 * @param {number} now
 * @param {boolean} withPeople
 */
function connectionRow(place, one, now, withPeople) {
  const details = `${place.bridge}connections/${one.id}/`;
  const process = `${place.bridge}connections/?process=${encodeURIComponent(one.instance)}`;
  return html`
    <tr>
      ${withPeople
        ? html`<th scope="row" data-label=${t("Person")}>${personLink(place, one.user)}</th>`
        : nothing}
      <td data-label=${t("Program")} title=${one.agent}>
        ${agent(one.agent)} ${one.kind === "bot"
          ? html`<span class="mark">${t("token")}</span>`
          : nothing}
      </td>
      <td data-label=${t("Address")}><bdi>${one.address || "–"}</bdi></td>
      <td data-label=${t("Process")}><a href="${process}">${one.instance}</a></td>
      <td data-label=${t("Since")} class="number">${duration(now - Date.parse(one.opened_at))}</td>
      <td data-label=${t("Last heard")} class="number">${duration(
        now - Date.parse(one.heard_at),
      )}</td>
      <td data-label=${t("Streams")} class="number">${count(one.streams)}</td>
      <td data-label=${t("Waiting")} class="number">${waiting(one)}</td>
      <td class="row-acts"><a class="button" href=${details} aria-label=${t(
        "Connection of {name}",
        { name: one.user.display_name },
      )}>${t("Details")}</a></td>
    </tr>
  `;
}

/** @param {ConnectionView} one */
export function waiting(one) {
  return one.is_lagging
    ? html`<span class="mark" data-state="lost">${bytes(one.buffered_bytes)}</span>`
    : bytes(one.buffered_bytes);
}

/** @param {string[]} silent */
export function silentNote(silent) {
  if (silent.length === 0) return nothing;
  return html`<p class="bridge-note" data-tone="warn">${
    t("No answer from: {names}", {
      names: silent.join(", "),
    })
  }</p>`;
}
