/**
 * The last hour of all processes, as charts draw it: one value for each quarter of a minute.
 *
 * @import { ClusterSeen, SampleView } from "../protocol.generated.d.ts"
 */

/** @typedef {"sockets" | "received_per_second" | "sent_per_second" | "loop_lag_ms" | "buffered_bytes" | "memory_bytes"} Measure */
/** @typedef {Record<Measure, number | null>} Point */
/** @typedef {{ name: string, values: (number | null)[] }} Line */

export const STEP_SECONDS = 15;
export const STEPS = 240;

/** So many are drawn at least: a line needs some room to be one. */
const STEPS_MIN = 20;

export class Hour {
  /** @type {Map<string, Map<number, Point>>} name of a process → step → what it was */
  #points = new Map();

  /** @param {Record<string, SampleView[]>} samples what the server remembers */
  begin(samples) {
    this.#points = new Map();
    for (const [name, views] of Object.entries(samples)) {
      for (const { at, ...point } of views) this.#note(name, stepOf(Date.parse(at)), point);
    }
  }

  /** @param {ClusterSeen} seen */
  add(seen) {
    const step = stepOf(Date.parse(seen.at));
    for (const process of seen.processes ?? []) {
      if (process.state === "lost") continue;
      const known = this.#points.get(process.instance)?.get(step);
      this.#note(process.instance, step, {
        sockets: process.browsers + process.bots,
        received_per_second: process.received_per_second,
        sent_per_second: process.sent_per_second,
        // The longest of the whole step, as in what the server remembers.
        loop_lag_ms: Math.max(process.loop_lag_ms, known?.loop_lag_ms ?? 0),
        buffered_bytes: process.buffered_bytes,
        memory_bytes: process.memory_bytes,
      });
    }
    this.#forgetBefore(step - STEPS);
  }

  /** @returns {string[]} */
  get names() {
    return [...this.#points.keys()].sort();
  }

  /**
   * @param {Measure} measure
   * @param {number} now in ms
   * @returns {{ times: number[], lines: Line[] }} times in seconds, as many as each line has values
   */
  lines(measure, now) {
    const steps = this.#steps(now, this.names);
    const lines = this.names.map((name) => {
      const points = this.#points.get(name);
      return { name, values: steps.map((step) => points?.get(step)?.[measure] ?? null) };
    });
    return { times: steps.map((step) => step * STEP_SECONDS), lines };
  }

  /**
   * @param {string} name
   * @param {Measure} measure
   * @param {number} now in ms
   * @returns {(number | null)[]}
   */
  line(name, measure, now) {
    const points = this.#points.get(name);
    return this.#steps(now, [name]).map((step) => points?.get(step)?.[measure] ?? null);
  }

  /**
   * The steps that are drawn: from where something is known, an hour at most.
   *
   * @param {number} now in ms
   * @param {string[]} names
   */
  #steps(now, names) {
    const last = stepOf(now);
    const known = names.flatMap((name) => [...(this.#points.get(name)?.keys() ?? [])]);
    const first = Math.max(last - STEPS + 1, Math.min(...known, last - STEPS_MIN + 1));
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  }

  /**
   * @param {string} name
   * @param {number} step
   * @param {Point} point
   */
  #note(name, step, point) {
    const points = this.#points.get(name) ?? new Map();
    points.set(step, point);
    this.#points.set(name, points);
  }

  /** @param {number} oldest */
  #forgetBefore(oldest) {
    for (const [name, points] of this.#points) {
      for (const step of points.keys()) if (step < oldest) points.delete(step);
      if (points.size === 0) this.#points.delete(name);
    }
  }
}

/** @param {number} ms */
function stepOf(ms) {
  return Math.floor(ms / 1000 / STEP_SECONDS);
}
