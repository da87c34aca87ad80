import assert from "node:assert/strict";
import { test } from "node:test";
import { folded, rank } from "../../ui/js/lib/ranking.js";

/**
 * @param {string[]} names
 * @param {string} wanted
 */
function found(names, wanted) {
  const candidates = names.map((name) => ({ names: [folded(name)], weight: 0 }));
  return rank(candidates, wanted, 10).map(({ index }) => names[index]);
}

/**
 * @param {string} name
 * @param {string} wanted
 */
function letters(name, wanted) {
  const [match] = rank([{ names: [folded(name)], weight: 0 }], wanted, 1);
  return match?.ranges.map(([from, to]) => name.slice(from, to)) ?? null;
}

test("the exact name stands before its beginnings, those before words, letters inside last", () => {
  const names = ["support", "ops-incidents", "shops", "ops", "dev-ops"];
  assert.deepEqual(found(names, "ops"), ["ops", "ops-incidents", "dev-ops", "shops"]);
});

test("accents and case do not matter, on either side", () => {
  assert.deepEqual(found(["Inês Carvalhal", "Ines Oldman"], "ines c"), ["Inês Carvalhal"]);
  assert.deepEqual(found(["Jørgen Straße", "Anna"], "jorgen strasse"), ["Jørgen Straße"]);
  assert.deepEqual(found(["zurich"], "Zürich"), ["zurich"]);
});

test("words are found in any order, and by their first letters", () => {
  assert.deepEqual(found(["Ada Lovelace", "Lada"], "love ada"), ["Ada Lovelace"]);
  assert.deepEqual(found(["product-roadmap-archive", "prat"], "pra")[1], "product-roadmap-archive");
  assert.deepEqual(letters("product-roadmap-archive", "pra"), ["p", "r", "a"]);
});

test("letters apart are a match only when they are close", () => {
  assert.deepEqual(letters("engineering", "engr"), ["eng", "r"]);
  assert.equal(letters("everything about nothing at all here", "egh"), null);
});

test("what was matched is marked in the name as it is written", () => {
  assert.deepEqual(letters("Straße", "strasse"), ["Straße"]);
  assert.deepEqual(letters("Inês", "in"), ["In"]);
  assert.deepEqual(letters("A 🎉 party", "part"), ["part"]);
});

test("another name finds somebody, too, and marks nothing in the first", () => {
  const candidates = [{ names: [folded("Mira Solvang"), folded("boss")], weight: 0 }];
  assert.deepEqual(rank(candidates, "boss", 5).map(({ ranges }) => ranges), [[]]);
});

test("what is nearer to the person stands first among equals", () => {
  const candidates = [0, 20].map((weight) => ({ names: [folded("design")], weight }));
  assert.deepEqual(rank(candidates, "des", 5).map(({ index }) => index), [1, 0]);
});

test("nothing is found for nothing, and for signs alone", () => {
  assert.deepEqual(found(["general"], "  "), []);
  assert.deepEqual(found(["general"], "??"), []);
});

test("five thousand names are ranked between two keys", () => {
  const candidates = Array.from({ length: 5000 }, (_, number) => ({
    names: [folded(`Person Number-${number} Übermüller`), folded(`person${number}`)],
    weight: number % 30,
  }));
  const took = ["p", "per", "num 49", "pnu", "ubermul", "zzz"].map((wanted) => {
    const start = performance.now();
    rank(candidates, wanted, 12);
    return performance.now() - start;
  });
  // The best of several: the machine may be busy with something else.
  assert.ok(Math.min(...took) < 50, `took ${took.map(Math.round)} ms`);
});
