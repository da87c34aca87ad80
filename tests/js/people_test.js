import assert from "node:assert/strict";
import { test } from "node:test";
import { withUser } from "../../ui/js/store/ephemeral.js";
import { ANN, ME, state, user } from "./builders.js";

test("somebody's new name is shown, and one's own everywhere", () => {
  const renamed = withUser(state(), { ...user(ANN), display_name: "Ann Lee" });
  assert.equal(renamed.users[ANN]?.display_name, "Ann Lee");
  assert.equal(renamed.me.display_name, state().me.display_name);
  const own = withUser(state(), { ...user(ME), title: "Captain" });
  assert.equal(own.me.title, "Captain");
  assert.equal(own.me.email, state().me.email);
});
