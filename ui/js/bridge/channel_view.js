/** One channel: who is here, how busy it is, and how far each process has come with it. */

import { html, nothing } from "lit";
import { t, tn } from "../lib/i18n.js";
import { personLink, stateMark, tile } from "./pieces.js";
import { count, duration } from "./words.js";

/** @import { ChannelSeen } from "../protocol.generated.d.ts" */
/** @import { Deck } from "./deck.js" */

/**
 * @param {Deck} deck
 * @param {ChannelSeen} seen
 */
export function channelView(deck, seen) {
  const { channel } = seen;
  const { place } = deck;
  const kinds = { public: t("public"), private: t("private"), dm: t("direct") };
  const minutes = seen.messages_per_minute;
  return html`
    <h2>${channel.name ? `#${channel.name}` : t("Direct conversation")}
      <span class="mark">${kinds[channel.kind]}</span>
      ${channel.is_archived
        ? html`<span class="mark" data-state="lost">${t("archived")}</span>`
        : nothing}</h2>
    <p class="acts">
      <a class="button" href="${place.chat}channels/${channel.id}">${t("Open in the chat")}</a>
      <a class="button" href="${place.admin}chat/channel/${channel.id}/change/">${t("Settings")}</a>
    </p>
    <dl class="tiles">
      ${tile(t("Members"), count(channel.members))}
      ${tile(t("Online"), count(seen.online_count))}
      ${tile(
        t("Messages in the last minute"),
        count(minutes.at(-1) ?? 0),
        tn(
          "{count} in the last hour",
          "{count} in the last hour",
          minutes.reduce((total, one) => total + one, 0),
        ),
      )}
      ${tile(t("Last seq"), count(channel.last_seq))}
    </dl>
    <figure class="chart">
      <figcaption>${t("Messages a minute, in the last hour")}</figcaption>
      <parley-chart .format=${count} .data=${busyness(minutes, seen.at)}></parley-chart>
    </figure>
    <h2>${t("Processes")}</h2>
    ${seen.processes === null
      ? html`<p class="bridge-note" data-tone="warn">${
        t(
          "Redis cannot be asked, so nothing is known of the processes. People go on talking.",
        )
      }</p>`
      : html`
        <table class="bridge-table">
          <thead>
            <tr>
              <th scope="col">${t("Process")}</th>
              <th scope="col" class="number">${t("Sockets")}</th>
              <th scope="col" class="number">${t("Forwarded up to")}</th>
              <th scope="col" class="number">${t("Behind")}</th>
            </tr>
          </thead>
          <tbody>
            ${seen.processes.map(({ instance, state, sockets, top, behind, is_silent }) =>
              html`
                <tr data-state=${state}>
                  <th scope="row"><span class="process-name">${instance} ${stateMark(
                    state,
                  )}</span></th>
                  <td data-label=${t("Sockets")} class="number">${count(sockets)}</td>
                  <td data-label=${t("Forwarded up to")} class="number">${is_silent
                    ? t("does not answer")
                    : top === null
                    ? t("nobody hears it here")
                    : count(top)}</td>
                  <td data-label=${t("Behind")} class="number">${top === null
                    ? "–"
                    : behind === 0
                    ? html`<span class="mark" data-state="live">0</span>`
                    : html`<span class="mark" data-state="lost">${count(behind)}</span>`}</td>
                </tr>
              `
            )}
          </tbody>
        </table>
      `}
    <h2>${t("Online")}</h2>
    ${seen.online_count === null
      ? html`<p>${t("Not known just now.")}</p>`
      : seen.online.length === 0
      ? html`<p>${t("Nobody.")}</p>`
      : html`<ul class="streams">${
        seen.online.map((user) => html`<li>${personLink(place, user)}</li>`)
      }
          ${
        seen.online_count > seen.online.length
          ? html`<li>${
            t("and {count} more", { count: count(seen.online_count - seen.online.length) })
          }</li>`
          : nothing
      }</ul>`}
    <h2>${t("What happened")}</h2>
    <table class="bridge-table">
      <thead>
        <tr>
          <th scope="col" class="number">${t("Seq")}</th>
          <th scope="col">${t("Event")}</th>
          <th scope="col">${t("By")}</th>
          <th scope="col" class="number">${t("Ago")}</th>
        </tr>
      </thead>
      <tbody>
        ${seen.events.map(({ seq, type, actor, at }) =>
          html`
            <tr>
              <th scope="row"
                class="number"><a href="${place.chat}channels/${channel.id}/${seq}">${seq}</a></th>
              <td data-label=${t("Event")}><code>${type}</code></td>
              <td data-label=${t("By")}>${actor ? `@${actor}` : "–"}</td>
              <td data-label=${t("Ago")} class="number">${duration(
                deck.now.peek() - Date.parse(at),
              )}</td>
            </tr>
          `
        )}
      </tbody>
    </table>
  `;
}

/**
 * @param {number[]} minutes
 * @param {string} at
 */
function busyness(minutes, at) {
  const now = Math.floor(Date.parse(at) / 60_000) * 60;
  return {
    times: minutes.map((_, index) => now - (minutes.length - 1 - index) * 60),
    lines: [{ name: t("Messages"), values: minutes }],
  };
}
