import assert from "node:assert/strict";

import table from "../notification_cases.json" with { type: "json" };
import { decide } from "../../ui/js/store/notifying.js";

/** @import { Situation } from "../../ui/js/store/notifying.js" */

/**
 * @param {any} given
 * @returns {Situation}
 */
function situationOf(given) {
  const all = { ...table.defaults, ...given };
  return {
    now: new Date(all.now),
    isOwn: all.is_own,
    isDirect: all.is_direct,
    isInChannel: all.is_in_channel,
    call: all.call,
    followsThread: all.follows_thread,
    level: all.level,
    defaultLevel: all.default_level,
    isMuted: all.is_muted,
    notifyThreads: all.notify_threads,
    presence: all.presence,
    dndUntil: all.dnd_until === null ? null : new Date(all.dnd_until),
    quietHours: all.quiet_hours,
    timeZone: all.time_zone,
  };
}

for (const { name, given, expect } of table.cases) {
  Deno.test(`notifications: ${name}`, () => {
    assert.deepEqual(decide(situationOf(given)), {
      countsAsMention: expect.counts_as_mention,
      notifies: expect.notifies,
      reason: expect.reason,
    });
  });
}
