import assert from "node:assert/strict";

import { clockStyle, clockTime, momentLabel, zoneSentence } from "../../ui/js/lib/time.js";
import { isKnownZone, minutesAhead } from "../../ui/js/lib/zones.js";

const NOON = Date.parse("2026-11-23T12:00:00Z");
const IN_SUMMER = Date.parse("2026-07-01T12:00:00Z");

Deno.test("clocks elsewhere are ahead or behind, in summer otherwise than in winter", () => {
  assert.equal(minutesAhead("Europe/Berlin", "UTC", NOON), 60);
  assert.equal(minutesAhead("Europe/Berlin", "UTC", IN_SUMMER), 120);
  assert.equal(minutesAhead("Asia/Kolkata", "UTC", NOON), 330);
  assert.equal(minutesAhead("America/New_York", "Europe/Berlin", NOON), -360);
  assert.equal(isKnownZone("Mars/Olympus"), false);
  assert.equal(isKnownZone(""), false);
});

Deno.test("local time is told with the distance", () => {
  clockStyle.value = "24";
  assert.equal(
    zoneSentence("Europe/Berlin", "UTC", NOON),
    "13:00 local time, 1 hour ahead of you",
  );
  assert.equal(
    zoneSentence("America/New_York", "UTC", NOON),
    "07:00 local time, 5 hours behind you",
  );
  assert.equal(
    zoneSentence("Asia/Kolkata", "UTC", NOON),
    "17:30 local time, 5 h 30 min ahead of you",
  );
  assert.equal(zoneSentence("UTC", "UTC", NOON), "12:00 local time");
  clockStyle.value = "auto";
});

Deno.test("hours are written as somebody chose", () => {
  const at = new Date(2026, 10, 23, 14, 2).toISOString();
  clockStyle.value = "24";
  assert.equal(clockTime(at), "14:02");
  clockStyle.value = "12";
  assert.match(clockTime(at), /^0?2:02/);
  assert.match(
    momentLabel(new Date(2026, 10, 24, 9).getTime(), Date.parse(at)),
    /^tomorrow, 0?9:00/,
  );
  clockStyle.value = "auto";
});
