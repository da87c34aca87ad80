/**
 * Bundles the page into `build/ui`, and writes down for Django what the page loads at once and what
 * there is besides (`build/ui.json`).
 */

import { build, stop } from "esbuild";

const TARGET = "../build/ui";
const TEXTS = "../build/texts";

/** @type {import("esbuild").BuildOptions} */
const common = {
  bundle: true,
  minify: true,
  target: "es2022",
  sourcemap: true,
  outdir: TARGET,
  logLevel: "warning",
};

await Deno.remove(TARGET, { recursive: true }).catch(() => {});
const languages = [...Deno.readDirSync(TEXTS)].map(({ name }) => name.replace(/\.js$/, "")).sort();
const { metafile } = await build({
  ...common,
  entryPoints: {
    app: "js/main.js",
    ...Object.fromEntries(languages.map((name) => [`texts/${name}`, `${TEXTS}/${name}.js`])),
  },
  format: "esm",
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
  metafile: true,
});
await build({
  ...common,
  entryPoints: {
    theme: "js/theme.js",
    app: "css/app.css",
    icon: "icon.svg",
    worker: "js/worker.js",
  },
  format: "iife",
  loader: { ".svg": "copy" },
});
// A build of its own: what operators need must not be cut into what everybody loads.
await build({
  ...common,
  entryPoints: {
    bridge: "js/bridge/main.js",
    ...Object.fromEntries(languages.map((name) => [`texts/${name}`, `${TEXTS}/${name}.js`])),
  },
  outdir: `${TARGET}/bridge`,
  format: "esm",
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
});
await build({
  ...common,
  entryPoints: { "bridge/bridge": "css/bridge.css", admin: "css/admin.css" },
});
await stop();

const outputs = metafile.outputs;
const chunks = Object.keys(outputs).map(published).filter((path) => /^chunks\/.*\.js$/.test(path));
Deno.writeTextFileSync(
  "../build/ui.json",
  JSON.stringify(
    { languages, chunks, at_start: atOnce(`${TARGET}/app.js`).map(published) },
    null,
    2,
  ),
);

/**
 * @param {string} path
 * @returns {string[]} the chunks that a script imports before it runs
 */
function atOnce(path, seen = new Set()) {
  for (const { path: next, kind } of outputs[path]?.imports ?? []) {
    if (kind !== "import-statement" || seen.has(next)) continue;
    seen.add(next);
    atOnce(next, seen);
  }
  return [...seen];
}

/** @param {string} path */
function published(path) {
  return path.replace(`${TARGET}/`, "");
}
