import assert from "node:assert/strict";

import {
  nextStatusEnd,
  PAUSE_ENDS,
  STATUS_ENDS,
  withoutEndedStatuses,
} from "../../ui/js/store/status.js";
import { ANN, me, state, user } from "./builders.js";

const NOON = Date.parse("2026-11-23T12:00:00Z");
const AT_LUNCH = { status_emoji: "🍽️", status_text: "Lunch", status_until: "2026-11-23T13:00:00Z" };

Deno.test("a status ends by itself, one's own as well as others', and no other does", () => {
  const staying = { ...user("3"), status_text: "Here" };
  const before = state({
    me: { ...me(), ...AT_LUNCH },
    users: { [ANN]: { ...user(ANN), ...AT_LUNCH }, "3": staying },
  });
  assert.equal(nextStatusEnd(before), NOON + 3_600_000);
  assert.equal(withoutEndedStatuses(before, NOON), before);
  const after = withoutEndedStatuses(before, NOON + 3_600_000);
  assert.deepEqual(after.users[ANN], user(ANN));
  assert.deepEqual(after.me, me());
  assert.equal(after.users["3"], staying);
  assert.equal(nextStatusEnd(after), null);
});

Deno.test("today ends at midnight and this week with Sunday", () => {
  const monday = new Date(2026, 10, 23, 15, 30);
  assert.deepEqual(STATUS_ENDS.today(monday), new Date(2026, 10, 24));
  assert.deepEqual(STATUS_ENDS.week(monday), new Date(2026, 10, 30));
  assert.deepEqual(STATUS_ENDS.week(new Date(2026, 10, 29, 23)), new Date(2026, 10, 30));
  assert.deepEqual(STATUS_ENDS.half_hour(monday), new Date(2026, 10, 23, 16));
  assert.equal(STATUS_ENDS.never(monday), null);
  assert.deepEqual(PAUSE_ENDS.tomorrow(monday), new Date(2026, 10, 24, 9));
});
