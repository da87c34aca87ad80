/** All processes: tiles, charts over the last hour, and a row for each. */

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { t } from "../lib/i18n.js";
import { BRIDGE } from "./bridge.generated.js";
import { spark, stateMark, tile } from "./pieces.js";
import { bytes, count, duration, milliseconds, perSecond } from "./words.js";

/** @import { ClusterSeen, ProcessView, ServiceView } from "../protocol.generated.d.ts" */
/** @import { Deck } from "./deck.js" */
/** @import { Measure } from "./hour.js" */

/** How many sockets a process had when it began to drain, by its id. */
const atBeginning = new Map();

/**
 * @param {Deck} deck
 * @param {ClusterSeen} seen
 */
export function clusterView(deck, seen) {
  const processes = seen.processes ?? [];
  const living = processes.filter(({ state }) => state !== "lost");
  return html`
    <dl class="tiles">
      ${tile(t("People online"), count(seen.users_online))}
      ${tile(
        t("Sockets"),
        count(sum(living, ({ browsers, bots }) => browsers + bots)),
        t("{browsers} from browsers, {bots} from programs", {
          browsers: count(sum(living, ({ browsers }) => browsers)),
          bots: count(sum(living, ({ bots }) => bots)),
        }),
      )}
      ${tile(
        t("Frames a second"),
        perSecond(sum(living, ({ sent_per_second: sent }) => sent ?? 0)),
        t("out; {count} in", {
          count: perSecond(sum(living, ({ received_per_second: received }) => received ?? 0)),
        }),
      )}
      ${seen.services.map(serviceTile)}
    </dl>
    <div class="charts">
      ${chart(deck, "sockets", t("Sockets"), count)}
      ${chart(deck, "sent_per_second", t("Frames sent a second"), perSecond)}
      ${chart(deck, "loop_lag_ms", t("Longest wait of the event loop"), milliseconds)}
      ${chart(deck, "memory_bytes", t("Memory"), bytes)}
    </div>
    <h2>${t("Processes")}</h2>
    ${seen.processes === null
      ? html`<p class="bridge-note" data-tone="warn">${
        t(
          "Redis cannot be asked, so nothing is known of the processes. People go on talking.",
        )
      }</p>`
      : processes.length === 0
      ? html`<p>${t("No process has said anything of itself yet.")}</p>`
      : table(deck, processes)}
    <p class="bridge-note">${t(
      "A process that is drained takes nobody new, sends its clients to the others and ends. Whoever started it decides whether it starts again.",
    )}</p>
  `;
}

/**
 * @param {Deck} deck
 * @param {Measure} measure
 * @param {string} title
 * @param {(value: number) => string} format
 */
function chart(deck, measure, title, format) {
  return html`
    <figure class="chart">
      <figcaption>${title}</figcaption>
      <parley-chart .format=${format} .data=${deck.hour.lines(
        measure,
        deck.now.peek(),
      )}></parley-chart>
    </figure>
  `;
}

/** @param {ServiceView} service */
function serviceTile({ name, state, product, latency_ms: latency, size_bytes: size, clients }) {
  const label = name === "database" ? t("Database") : t("Redis");
  const words = { ok: t("in order"), degraded: t("degraded"), failed: t("not reachable") };
  const more = [
    product,
    latency === null ? "" : milliseconds(latency),
    size === null ? "" : bytes(size),
    clients === null ? "" : t("{count} connections", { count: count(clients) }),
  ].filter(Boolean).join(" · ");
  return tile(label, words[state], more, { ok: "good", degraded: "warn", failed: "bad" }[state]);
}

/**
 * @param {Deck} deck
 * @param {ProcessView[]} processes
 */
function table(deck, processes) {
  return html`
    <table class="bridge-table">
      <thead>
        <tr>
          <th scope="col">${t("Process")}</th>
          <th scope="col" class="number">${t("Sockets")}</th>
          <th scope="col" class="number">${t("People")}</th>
          <th scope="col" class="number">${t("Streams")}</th>
          <th scope="col" class="number">${t("In, out a second")}</th>
          <th scope="col" class="number">${t("Event loop")}</th>
          <th scope="col" class="number">${t("Waiting")}</th>
          <th scope="col" class="number">${t("Memory")}</th>
          <th scope="col" class="number">${t("Last heard")}</th>
          <th scope="col"><span class="visually-hidden">${t("Acts")}</span></th>
        </tr>
      </thead>
      <tbody>
        ${repeat(processes, ({ id }) => id, (process) => row(deck, process))}
      </tbody>
    </table>
  `;
}

/**
 * @param {Deck} deck
 * @param {ProcessView} process
 */
function row(deck, process) {
  const now = deck.now.peek();
  const line = (/** @type {Measure} */ measure) =>
    spark(deck.hour.line(process.instance, measure, now));
  const sockets = process.browsers + process.bots;
  if (process.state === "live") atBeginning.set(process.id, sockets);
  const connections = `${deck.place.bridge}connections/?process=${
    encodeURIComponent(process.instance)
  }`;
  return html`
    <tr data-state=${process.state}>
      <th scope="row">
        <span class="process-name">${process.instance} ${stateMark(process.state)}</span>
        <span class="fine"><bdi>${process.host}</bdi> · ${process.pid} · ${process.version} · ${t(
          "up {time}",
          {
            time: duration(now - Date.parse(process.started_at)),
          },
        )}</span>
      </th>
      <td data-label=${t("Sockets")} class="number">
        <a href=${connections} aria-label=${t("Connections of {name}", {
          name: process.instance,
        })}>${count(sockets)}</a>
        ${line("sockets")}
      </td>
      <td data-label=${t("People")} class="number">${count(process.users)}</td>
      <td data-label=${t("Streams")} class="number">${count(process.streams)}</td>
      <td data-label=${t("In, out a second")} class="number">
        ${perSecond(process.received_per_second)}, ${perSecond(process.sent_per_second)} ${line(
          "sent_per_second",
        )}
      </td>
      <td data-label=${t("Event loop")} class="number" title=${t("usually, and at most")}>
        ${process.loop_lag_median_ms}, ${milliseconds(process.loop_lag_ms)} ${line("loop_lag_ms")}
      </td>
      <td data-label=${t("Waiting")} class="number">${bytes(process.buffered_bytes)}</td>
      <td data-label=${t("Memory")} class="number">${bytes(process.memory_bytes)} ${line(
        "memory_bytes",
      )}</td>
      <td data-label=${t("Last heard")} class="number">${duration(
        process.silent_seconds * 1000,
      )}</td>
      <td class="row-acts">${acts(deck, process, sockets)}</td>
    </tr>
  `;
}

/**
 * @param {Deck} deck
 * @param {ProcessView} process
 * @param {number} sockets
 */
function acts(deck, process, sockets) {
  if (process.state === "draining") {
    const most = Math.max(atBeginning.get(process.id) ?? sockets, sockets, 1);
    const words = t("{left} of {most} left", { left: count(sockets), most: count(most) });
    return html`
      <span
        class="progress"><progress max=${most} value=${most - sockets} aria-label=${t(
          "Draining {name}",
          { name: process.instance },
        )}></progress> ${words}</span>
    `;
  }
  if (process.state === "lost") return nothing;
  return html`
    <button
      type="button"
      class="button"
      aria-label=${t("Drain {name}", { name: process.instance })}
      @click=${() => drain(deck, process, sockets)}
    >${t("Drain")}</button>
  `;
}

/**
 * @param {Deck} deck
 * @param {ProcessView} process
 * @param {number} sockets
 */
async function drain(deck, process, sockets) {
  const isSure = await deck.ask({
    title: t("Drain {name}?", { name: process.instance }),
    text: t(
      "Its {count} sockets are sent to the other processes, and it ends. Nobody loses anything; nobody is shown offline.",
      { count: count(sockets) },
    ),
    action: t("Drain"),
  });
  if (!isSure) return;
  await deck.act(
    { type: BRIDGE.PROCESS_DRAIN, instance: process.instance },
    t("{name} drains.", { name: process.instance }),
  );
}

/**
 * @template Row
 * @param {Row[]} rows
 * @param {(row: Row) => number} number
 */
function sum(rows, number) {
  return rows.reduce((total, row) => total + number(row), 0);
}
