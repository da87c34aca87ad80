import assert from "node:assert/strict";
import {
  channelRoute,
  HOME,
  pageRoute,
  parsePath,
  pathOf,
  threadRoute,
} from "../../ui/js/router.js";

Deno.test("an address says the channel, and perhaps the message", () => {
  assert.deepEqual(parsePath("/"), HOME);
  assert.deepEqual(parsePath("/channels/7"), channelRoute("7"));
  assert.deepEqual(parsePath("/channels/7/812"), channelRoute("7", 812));
  assert.deepEqual(parsePath("/channels/07/x"), HOME);
});

Deno.test("an address says the thread, and perhaps the reply", () => {
  assert.deepEqual(parsePath("/channels/7/threads/9041"), threadRoute("7", "9041"));
  assert.deepEqual(parsePath("/channels/7/threads/9041/830"), threadRoute("7", "9041", 830));
});

Deno.test("an address says the page, and what is searched for", () => {
  assert.deepEqual(parsePath("/mentions"), pageRoute("mentions"));
  assert.deepEqual(
    parsePath("/search", "?q=in%3A%23ferry+late"),
    pageRoute("search", "in:#ferry late"),
  );
  assert.deepEqual(parsePath("/account"), HOME);
});

Deno.test("an address that was written is read as it was meant", () => {
  for (
    const path of ["/", "/channels/7", "/channels/7/812", "/channels/7/threads/9", "/saved"]
  ) {
    assert.equal(pathOf(parsePath(path)), path);
  }
  const route = pageRoute("search", "has:file & 50%");
  const [path, search] = pathOf(route).split("?");
  assert.deepEqual(parsePath(path ?? "", `?${search}`), route);
});
