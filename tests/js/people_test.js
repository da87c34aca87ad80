import assert from "node:assert/strict";
import { test } from "node:test";
import { withMe, withUser } from "../../ui/js/store/ephemeral.js";
import { groupedMembers, matchesPerson } from "../../ui/js/store/members.js";
import { canManagePerson, ownPresence, rolesToGive } from "../../ui/js/store/selectors.js";
import { ANN, GENERAL, ME, me, state, user } from "./builders.js";

/** @import { Member } from "../../ui/js/protocol.generated.d.ts" */

test("somebody's new name is shown, and one's own everywhere", () => {
  const renamed = withUser(state(), { ...user(ANN), display_name: "Ann Lee" });
  assert.equal(renamed.users[ANN]?.display_name, "Ann Lee");
  assert.equal(renamed.me.display_name, state().me.display_name);
  const own = withUser(state(), { ...user(ME), title: "Captain" });
  assert.equal(own.me.title, "Captain");
  assert.equal(own.me.email, state().me.email);
});

/**
 * @param {string} user_id
 * @returns {Member}
 */
function member(user_id) {
  return {
    channel_id: GENERAL,
    user_id,
    role: "member",
    joined_at: "2026-11-23T10:00:00Z",
    user: user(user_id),
  };
}

test("people stand by whether they are here, and then by name", () => {
  const users = {
    "2": { ...user("2"), display_name: "Zoë" },
    "3": { ...user("3"), display_name: "Åsa" },
    "4": { ...user("4"), display_name: "Ben" },
    "5": { ...user("5"), display_name: "Cleo" },
  };
  const groups = groupedMembers(["2", "3", "4", "5"].map(member), users, {
    "2": "online",
    "3": "dnd",
    "4": "offline",
  });
  assert.deepEqual(groups.map(({ name, members }) => [name, members.map((one) => one.user_id)]), [
    ["here", ["3", "2"]],
    ["away", ["4"]],
    ["unknown", ["5"]],
  ]);
});

test("somebody is found by any part of their names, whatever the accents", () => {
  const asa = { ...user("3"), display_name: "Åsa Öberg", username: "asa.o", title: "Skipper" };
  for (const sought of ["", "asa", "OBERG", "@asa.o", "skip ås"]) {
    assert.equal(matchesPerson(asa, sought), true, sought);
  }
  assert.equal(matchesPerson(asa, "ben"), false);
});

test("only those above manage those below", () => {
  const owner = { role: /** @type {const} */ ("owner") };
  const admin = { role: /** @type {const} */ ("admin") };
  assert.equal(canManagePerson(owner, admin), true);
  assert.equal(canManagePerson(admin, admin), false);
  assert.equal(canManagePerson(admin, user(ANN)), true);
  assert.equal(canManagePerson(user(ME), user(ANN)), false);
  assert.deepEqual(rolesToGive(owner, { is_bot: true }), ["member", "guest"]);
});

test("whoever is invisible knows it", () => {
  const hidden = { presence_choice: /** @type {const} */ ("invisible") };
  assert.equal(ownPresence(hidden, "offline"), "invisible");
  assert.equal(ownPresence(hidden, "unknown"), "unknown");
  assert.equal(ownPresence(me(), "away"), "away");
});

test("what REST says of oneself is what others see, without what is one's own", () => {
  const changed = withMe(state(), { ...me(), display_name: "Me Myself", about: "Rope." });
  assert.equal(changed.me.about, "Rope.");
  assert.deepEqual(changed.users[ME], { ...user(ME), display_name: "Me Myself" });
});
