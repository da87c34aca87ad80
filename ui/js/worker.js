/**
 * Opens the window where there is no network: the files of the build, and the page as it came last.
 * What was said is kept by the page itself (`session/memory.js`). Answers of the API are never kept.
 *
 * @import { WorkerScope } from "./worker.d.ts"
 */

/** The page as it came last. Whoever signs out takes it along (`lib/offline.js`). */
const SHELL = "parley-shell";
const FILES = "parley-files-";

/** How long a page is waited for before the one that was kept is shown. */
const PATIENCE_MS = 4_000;

/** What a proxy says while nothing stands behind it. */
const AWAY = new Set([502, 503, 504]);

const worker = /** @type {WorkerScope} */ (/** @type {unknown} */ (globalThis));
const isPage = new RegExp(BUILD.pages);
const files = new Set(BUILD.files);

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (request.method !== "GET") {
      // A form: whoever signs out by one leaves nothing behind.
      if (pathname === "/logout/") event.waitUntil(caches.delete(SHELL));
    } else if (isPage.test(pathname)) {
      event.respondWith(page(request, (work) => event.waitUntil(work)));
    }
  } else if (request.method === "GET" && isOurs(pathname)) {
    event.respondWith(file(request));
  }
});

async function install() {
  const cache = await caches.open(FILES + BUILD.version);
  await cache.addAll(BUILD.files);
  await worker.skipWaiting();
}

async function activate() {
  const builds = (await caches.keys()).filter((name) => name.startsWith(FILES));
  const others = builds.filter((name) => name !== FILES + BUILD.version);
  // A tab that was opened before an upgrade still finds its scripts: one older build stays.
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
  await worker.clients.claim();
  // The page that installs this came without it.
  await keep(await fetch("/", { redirect: "manual" }));
}

/**
 * The page from the network; when that is away or takes too long, the one that came last.
 *
 * @param {Request} request
 * @param {(work: Promise<unknown>) => void} waitUntil
 */
async function page(request, waitUntil) {
  const coming = fetch(request);
  waitUntil(coming.then((response) => keep(response.clone())).catch(() => {}));
  const inTime = await Promise.race([coming, patience()]).catch(() => null);
  if (inTime && !AWAY.has(inTime.status)) return inTime;
  const cache = await caches.open(SHELL);
  return await cache.match("/") ?? coming;
}

/** @param {Response} response */
async function keep(response) {
  if (response.type === "opaqueredirect") {
    // Nobody is signed in any more.
    await caches.delete(SHELL);
  } else if (response.ok) {
    const text = await response.clone().text();
    // A page of a newer build is kept by its own worker, together with its files.
    if (!text.includes(BUILD.files[0] ?? "")) return;
    const cache = await caches.open(SHELL);
    await cache.put("/", response);
  }
}

/** @param {string} pathname */
function isOurs(pathname) {
  // A file of an older build has the name of one of this build with another hash.
  return files.has(pathname) || /\/chunks\/[^/]+\.js$|\.[0-9a-f]{12}\.[a-z]+$/.test(pathname);
}

/** @param {Request} request */
async function file(request) {
  return await caches.match(request) ?? await fetch(request);
}

/** @returns {Promise<null>} */
function patience() {
  return new Promise((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
}
