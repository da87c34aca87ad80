import assert from "node:assert/strict";
import { t, tn, useTranslations } from "../../ui/js/lib/i18n.js";

/** @param {() => void} look what is said in a language that counts in its own way */
function inAnotherLanguage(look) {
  useTranslations(
    { "Retry": "Jeszcze raz", "{count} file": ["{count} plik", "{count} pliki", "{count} plików"] },
    (n) => n === 1 ? 0 : n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 10 || n % 100 >= 20) ? 1 : 2,
  );
  try {
    look();
  } finally {
    useTranslations({}, (n) => n === 1 ? 0 : 1);
  }
}

Deno.test("English stands in the code", () => {
  assert.equal(t("Leave {name}?", { name: "plans" }), "Leave plans?");
  assert.equal(tn("{count} file", "{count} files", 1), "1 file");
  assert.equal(tn("{count} file", "{count} files", 0), "0 files");
});

Deno.test("a translation takes its place, and what has none stays English", () => {
  inAnotherLanguage(() => {
    assert.equal(t("Retry"), "Jeszcze raz");
    assert.equal(t("Discard"), "Discard");
    assert.equal(tn("{count} day", "{count} days", 2), "2 days");
  });
});

Deno.test("a number takes the form that its language has for it", () => {
  inAnotherLanguage(() => {
    const forms = [1, 3, 5, 22].map((count) => tn("{count} file", "{count} files", count));
    assert.deepEqual(forms, ["1 plik", "3 pliki", "5 plików", "22 pliki"]);
  });
});

Deno.test("a name from right to left does not turn the sentence around it", () => {
  assert.equal(t("{name} is typing…", { name: "דנה" }), "\u2068דנה\u2069 is typing…");
  assert.equal(t("{name} is typing…", { name: "Dana" }), "Dana is typing…");
});
