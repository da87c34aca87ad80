import assert from "node:assert/strict";
import { test } from "node:test";
import { Hour, STEP_SECONDS, STEPS } from "../../ui/js/bridge/hour.js";
import { agent, bytes, duration } from "../../ui/js/bridge/words.js";

/** @import { ClusterSeen, ProcessView, SampleView } from "../../ui/js/protocol.generated.d.ts" */

const NOW = Date.parse("2026-12-01T12:00:00Z");

/**
 * @param {number} secondsAgo
 * @param {Partial<SampleView>} [fields]
 * @returns {SampleView}
 */
function sample(secondsAgo, fields = {}) {
  return {
    at: new Date(NOW - secondsAgo * 1000).toISOString(),
    sockets: 10,
    received_per_second: 1,
    sent_per_second: 2,
    loop_lag_ms: 3,
    buffered_bytes: 0,
    memory_bytes: 1,
    ...fields,
  };
}

/**
 * @param {Partial<ProcessView>} [fields]
 * @returns {ProcessView}
 */
function process(fields = {}) {
  return {
    id: "p1",
    instance: "Instance-1",
    state: "live",
    host: "chat-1",
    pid: 1,
    version: "1",
    started_at: new Date(NOW).toISOString(),
    silent_seconds: 1,
    browsers: 3,
    bots: 4,
    users: 5,
    streams: 6,
    received_per_second: 1,
    sent_per_second: 2,
    loop_lag_median_ms: 1,
    loop_lag_ms: 9,
    buffered_bytes: 0,
    memory_bytes: 1,
    ...fields,
  };
}

/**
 * @param {ProcessView[]} processes
 * @returns {ClusterSeen}
 */
function seen(processes, secondsAgo = 0) {
  const at = new Date(NOW - secondsAgo * 1000).toISOString();
  return { type: "cluster.seen", at, processes, services: [], users_online: 1 };
}

test("an hour that is remembered goes on with what is seen", () => {
  const hour = new Hour();
  hour.begin({ "Instance-1": [sample(600), sample(300, { sockets: 20 })] });
  hour.add(seen([process()]));
  const line = hour.line("Instance-1", "sockets", NOW);
  assert.equal(line[0], 10);
  assert.equal(line.at(-1), 7);
  assert.ok(line.includes(20));
  assert.equal(line.filter((value) => value !== null).length, 3);
});

test("processes have their values at the same moments", () => {
  const hour = new Hour();
  hour.begin({ "Instance-1": [sample(600)], "Instance-2": [sample(30)] });
  const { times, lines } = hour.lines("sockets", NOW);
  assert.deepEqual(lines.map(({ name }) => name), ["Instance-1", "Instance-2"]);
  for (const { values } of lines) assert.equal(values.length, times.length);
  assert.equal(times[1] - times[0], STEP_SECONDS);
  assert.equal(times.length, 600 / STEP_SECONDS + 1);
});

test("what is older than an hour is not drawn, and is forgotten", () => {
  const hour = new Hour();
  hour.begin({ "Instance-1": [sample(7200), sample(60)] });
  assert.equal(hour.lines("sockets", NOW).times.length, STEPS);
  hour.begin({ "Instance-9": [sample(7200)] });
  hour.add(seen([process()]));
  assert.deepEqual(hour.names, ["Instance-1"]);
});

test("within a step the longest wait counts, as in what the server remembers", () => {
  const hour = new Hour();
  hour.add(seen([process({ loop_lag_ms: 40 })], 4));
  hour.add(seen([process({ loop_lag_ms: 2 })], 2));
  assert.equal(hour.line("Instance-1", "loop_lag_ms", NOW - 2000).at(-1), 40);
});

test("a process that is lost adds nothing", () => {
  const hour = new Hour();
  hour.add(seen([process({ state: "lost" })]));
  assert.deepEqual(hour.names, []);
});

test("numbers are written as operators read them", () => {
  assert.equal(bytes(0), "0 B");
  assert.equal(bytes(1536), "1.5 KiB");
  assert.equal(bytes(156 * 1024 ** 2), "156 MiB");
  assert.equal(bytes(null), "–");
  assert.equal(duration(4_000), "4 s");
  assert.equal(duration(600_000), "10 min");
  assert.equal(duration(3 * 3_600_000 + 60_000), "3 h 1 min");
  assert.equal(duration(3 * 86_400_000), "3 days");
});

test("a program is named shortly by what it says of itself", () => {
  const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) " +
    "Chrome/156.0.0.0 Safari/537.36";
  const phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 " +
    "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";
  assert.equal(agent(chrome), "Chrome 156, Linux");
  assert.equal(agent(phone), "Safari 18, iPhone");
  assert.equal(agent("Python/3.11 websockets/15.0"), "Python");
  assert.equal(agent(""), "unknown");
});
