/**
 * Writes down, as JSON, every text that the scripts give to `t()` and `tn()`: the file, the line, the
 * English, and for what is counted the plural. A text that is not written out where it is used cannot
 * be found, and so not be translated: then it says where, and fails.
 */

import { parse } from "acorn";
import { simple } from "acorn-walk";

/** How many texts each function takes. */
const FUNCTIONS = new Map([["t", 1], ["tn", 2]]);

/** @type {{ path: string, line: number, texts: (string | null)[] }[]} */
const texts = [];
/** @type {string[]} */
const unreadable = [];

for (const path of scripts("js").sort()) {
  const source = Deno.readTextFileSync(path);
  const tree = parse(source, { ecmaVersion: "latest", sourceType: "module", locations: true });
  simple(tree, { CallExpression: (node) => read(node, path) });
}

if (unreadable.length > 0) {
  throw new Error(`Written out where they are used, please: ${unreadable.join(", ")}`);
}
// deno-lint-ignore no-console -- this is its output
console.log(JSON.stringify(texts));

/**
 * @param {string} folder
 * @returns {string[]}
 */
function scripts(folder) {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return scripts(path);
    return name.endsWith(".js") && !name.includes(".generated.") ? [path] : [];
  });
}

/**
 * @param {import("acorn").Expression | import("acorn").SpreadElement} node
 * @returns {string | null} null: it is put together when the page runs
 */
function written(node) {
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  if (node.type !== "BinaryExpression" || node.operator !== "+") return null;
  const left = node.left.type === "PrivateIdentifier" ? null : written(node.left);
  const right = written(node.right);
  return left === null || right === null ? null : left + right;
}

/**
 * @param {import("acorn").CallExpression} node
 * @param {string} path
 */
function read(node, path) {
  if (node.callee.type !== "Identifier") return;
  const count = FUNCTIONS.get(node.callee.name);
  if (count === undefined) return;
  const line = node.loc?.start.line ?? 0;
  const words = node.arguments.slice(0, count).map(written);
  if (words.length < count || words.includes(null)) unreadable.push(`ui/${path}:${line}`);
  else texts.push({ path: `ui/${path}`, line, texts: words });
}
