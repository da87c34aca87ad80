/** The worker that opens the window without a network, and what it has kept of somebody. */

/**
 * @typedef {object} TrustedTypes
 * @property {(name: string, rules: { createScriptURL: () => string }) =>
 *   { createScriptURL: (url: string) => string }} createPolicy
 */

const WORKER = "/sw.js";
const SHELL = "parley-shell";

/** Browsers have workers on safe origins alone: with https, or on this very machine. */
export async function keepForOffline() {
  const container = navigator.serviceWorker;
  if (!container) return;
  const { trustedTypes } = /** @type {{ trustedTypes?: TrustedTypes }} */ (globalThis);
  const policy = trustedTypes?.createPolicy("parley-worker", { createScriptURL: () => WORKER });
  try {
    await container.register(policy?.createScriptURL(WORKER) ?? WORKER);
  } catch {
    // A profile that keeps nothing, or no network just now: then the page works as without one.
  }
}

/**
 * Whether the server has a newer build than the one that this page is of: then a part that was not
 * loaded yet may be gone. Only a GET is answered from what the worker keeps.
 */
export async function isReplaced() {
  const script = document.querySelector("script[type=module][src*='/app.']");
  if (!(script instanceof HTMLScriptElement)) return false;
  try {
    const { status } = await fetch(script.src, { method: "HEAD", cache: "no-store" });
    return status === 404;
  } catch {
    return false;
  }
}

/** Forget the page as it came last. */
export async function forgetPage() {
  try {
    await globalThis.caches?.delete(SHELL);
  } catch {
    // Storage can be forbidden: then nothing was kept.
  }
}
