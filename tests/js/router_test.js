import assert from "node:assert/strict";
import { parsePath, pathOf } from "../../ui/js/router.js";

Deno.test("an address says the channel, and perhaps the message", () => {
  assert.deepEqual(parsePath("/"), { channelId: null, seq: null });
  assert.deepEqual(parsePath("/channels/7"), { channelId: "7", seq: null });
  assert.deepEqual(parsePath("/channels/7/812"), { channelId: "7", seq: 812 });
  assert.deepEqual(parsePath("/channels/07/x"), { channelId: null, seq: null });
});

Deno.test("an address that was written is read as it was meant", () => {
  for (const path of ["/", "/channels/7", "/channels/7/812"]) {
    assert.equal(pathOf(parsePath(path)), path);
  }
});
