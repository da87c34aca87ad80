import assert from "node:assert/strict";
import {
  continueLine,
  indent,
  isAddress,
  link,
  toggleCode,
  toggleLines,
  toggleMark,
} from "../../ui/js/lib/markdown_edit.js";

/** @import { Edit } from "../../ui/js/lib/edit_field.js" */

/**
 * A text with its selection in brackets, or with its caret as one bar.
 *
 * @param {string} drawn
 */
function drawn(drawn) {
  if (drawn.includes("|")) {
    const from = drawn.indexOf("|");
    return { text: drawn.replace("|", ""), from, to: from };
  }
  const from = drawn.indexOf("[");
  return { text: drawn.replace(/[[\]]/g, ""), from, to: drawn.indexOf("]") - 1 };
}

/**
 * @param {{ text: string }} selection
 * @param {Edit | null} edit
 */
function after({ text }, edit) {
  assert.ok(edit);
  const { from, to, text: made } = edit;
  const start = edit.selectFrom ?? from + made.length;
  const end = edit.selectTo ?? start;
  const next = text.slice(0, from) + made + text.slice(to);
  return start === end
    ? `${next.slice(0, start)}|${next.slice(start)}`
    : `${next.slice(0, start)}[${next.slice(start, end)}]${next.slice(end)}`;
}

/**
 * @param {string} before
 * @param {string} expected
 * @param {(selection: ReturnType<typeof drawn>) => Edit | null} change
 */
function becomes(before, expected, change) {
  const selection = drawn(before);
  assert.equal(after(selection, change(selection)), expected);
}

Deno.test("a mark comes around what is selected, and goes again", () => {
  becomes("the [last] ferry", "the **[last]** ferry", (it) => toggleMark(it, "**"));
  becomes("the **[last]** ferry", "the [last] ferry", (it) => toggleMark(it, "**"));
  becomes("the [**last**] ferry", "the [last] ferry", (it) => toggleMark(it, "**"));
  becomes("|", "_|_", (it) => toggleMark(it, "_"));
});

Deno.test("a mark leaves out the spaces at the ends, or it would be none", () => {
  becomes("the[ last ]ferry", "the ~~[last]~~ ferry", (it) => toggleMark(it, "~~"));
});

Deno.test("code over several lines is a block", () => {
  becomes("[a = 1]", "`[a = 1]`", toggleCode);
  becomes("look: [a = 1\nb = 2]", "look: \n```\n[a = 1\nb = 2]\n```", toggleCode);
});

Deno.test("lines become a list, and lines again", () => {
  becomes("[one\ntwo]", "[- one\n- two]", (it) => toggleLines(it, "bullets"));
  becomes("[- one\n- two]", "[one\ntwo]", (it) => toggleLines(it, "bullets"));
  becomes("[- one\n- two]", "[1. one\n2. two]", (it) => toggleLines(it, "numbers"));
  becomes("one|", "> one|", (it) => toggleLines(it, "quote"));
});

Deno.test("a link has what is selected for its label", () => {
  becomes("see [here]", "see [here](https://x.example/)|", (it) => link(it, "https://x.example/"));
  becomes("see [here]", "see [here](|)", (it) => link(it, ""));
  becomes("|", "[|]()", (it) => link(it, ""));
});

Deno.test("only a whole address is one", () => {
  assert.ok(isAddress("https://example.org/a?b#c"));
  assert.ok(isAddress("mailto:ann@example.org"));
  assert.ok(!isAddress("see https://example.org"));
  assert.ok(!isAddress("javascript:alert(1)"));
});

Deno.test("a new line goes on with the list, and an empty point ends it", () => {
  becomes("- one|", "- one\n- |", continueLine);
  becomes("  9. nine|", "  9. nine\n  10. |", continueLine);
  becomes("- one\n- |", "- one\n|", continueLine);
  becomes("> said|", "> said\n> |", continueLine);
  const box = { text: "- [x] done", from: 10, to: 10 };
  assert.equal(after(box, continueLine(box)), "- [x] done\n- [ ] |");
  assert.equal(continueLine({ text: "plain", from: 5, to: 5 }), null);
});

Deno.test("Tab moves the lines of code in and out", () => {
  becomes("a|", "a  |", (it) => indent(it, { isBack: false }));
  becomes("[a\nb]", "  [a\n  b]", (it) => indent(it, { isBack: false }));
  becomes("    a|", "  a|", (it) => indent(it, { isBack: true }));
});
