/** A line for each process over the last hour, drawn by uPlot. */

import uPlot from "uplot";
import { locale, t } from "../lib/i18n.js";

/** @import { Line } from "./hour.js" */

const HEIGHT = 150;
const COLOURS = 8;

/**
 * Set `data` whenever there is something new; it draws itself as wide as it is given room.
 */
class ParleyChart extends HTMLElement {
  /** @type {uPlot | null} */
  #plot = null;
  #names = "";
  /** @type {{ times: number[], lines: Line[] }} */
  #data = { times: [], lines: [] };
  /** @type {(value: number) => string} */
  format = String;
  #resized = new ResizeObserver(() => this.#resize());
  #recoloured = () => this.#rebuild();
  #scheme = matchMedia("(prefers-color-scheme: dark)");
  #theme = new MutationObserver(this.#recoloured);

  connectedCallback() {
    this.#resized.observe(this);
    this.#scheme.addEventListener("change", this.#recoloured);
    this.#theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  disconnectedCallback() {
    this.#resized.disconnect();
    this.#scheme.removeEventListener("change", this.#recoloured);
    this.#theme.disconnect();
    this.#plot?.destroy();
    this.#plot = null;
  }

  /** @param {{ times: number[], lines: Line[] }} data */
  set data(data) {
    this.#data = data;
    const names = data.lines.map(({ name }) => name).join("\n");
    if (!this.#plot || names !== this.#names) {
      this.#names = names;
      this.#rebuild();
    } else {
      this.#plot.setData(this.#aligned());
      this.#showLatest();
    }
  }

  /** Where nobody points at anything the legend says how it is now. */
  #showLatest() {
    if (this.#plot && (this.#plot.cursor.idx ?? null) === null) {
      this.#plot.setLegend({ idx: this.#data.times.length - 1 });
    }
  }

  #aligned() {
    return /** @type {uPlot.AlignedData} */ (
      [this.#data.times, ...this.#data.lines.map(({ values }) => values)]
    );
  }

  #rebuild() {
    if (!this.isConnected || !this.clientWidth) return;
    this.#plot?.destroy();
    const clock = new Intl.DateTimeFormat(locale(), { hour: "numeric", minute: "2-digit" });
    const axis = {
      stroke: colour("--muted"),
      grid: { stroke: colour("--border"), width: 1 },
      ticks: { show: false },
      font: "11px system-ui",
    };
    this.#plot = new uPlot(
      {
        width: this.clientWidth,
        height: HEIGHT,
        padding: [8, 20, 0, 0],
        cursor: { y: false, points: { size: 5 }, drag: { x: false, y: false } },
        legend: { live: true, markers: { width: 0, fill: (plot, index) => strokeOf(plot, index) } },
        scales: { y: { range: (_plot, _low, high) => [0, Math.max(high ?? 0, 1) * 1.1] } },
        axes: [
          {
            ...axis,
            space: 60,
            size: 24,
            values: (_plot, at) => at.map((s) => clock.format(s * 1000)),
          },
          {
            ...axis,
            space: 34,
            size: 62,
            values: (_plot, at) => at.map((one) => this.format(one)),
          },
        ],
        series: [
          { label: t("Time"), value: (_plot, at) => at === null ? "–" : clock.format(at * 1000) },
          ...this.#data.lines.map(({ name }, index) => ({
            label: name,
            stroke: colour(`--line-${index % COLOURS + 1}`),
            width: 1.5,
            spanGaps: false,
            points: { show: false },
            value: (/** @type {uPlot} */ _plot, /** @type {number | null} */ value) =>
              value === null ? "–" : this.format(value),
          })),
        ],
      },
      this.#aligned(),
      this,
    );
    this.#showLatest();
  }

  #resize() {
    if (!this.#plot) this.#rebuild();
    else if (this.clientWidth) this.#plot.setSize({ width: this.clientWidth, height: HEIGHT });
  }
}

/**
 * A canvas knows no properties of a style: ask the page what one means just now.
 *
 * @param {string} property
 */
function colour(property) {
  const probe = document.createElement("span");
  probe.style.setProperty("color", `var(${property})`);
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

/**
 * @param {uPlot} plot
 * @param {number} index
 */
function strokeOf(plot, index) {
  const { stroke } = plot.series[index];
  return /** @type {string} */ (typeof stroke === "function" ? stroke(plot, index) : stroke);
}

customElements.define("parley-chart", ParleyChart);
