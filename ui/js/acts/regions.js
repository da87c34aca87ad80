/** The parts of the window that F6 goes through, and what takes the focus in each. */

/** @type {{ within: string, targets: string[] }[]} the targets in the order of preference */
const REGIONS = [
  { within: "main .log", targets: [".log"] },
  { within: "main parley-composer", targets: ["textarea, [contenteditable]"] },
  { within: ".side .log", targets: [".log"] },
  { within: ".side parley-composer", targets: ["textarea, [contenteditable]"] },
  { within: ".side", targets: ["button, a, input, [tabindex='0']"] },
  { within: ".sidebar", targets: ["[aria-current='page']", "a, button"] },
  { within: "main .bar", targets: ["h1 button", "button, a, input"] },
  { within: "main", targets: ["button, a, input, [tabindex='0']"] },
];

/** @param {1 | -1} step */
export function nextRegion(step) {
  /** @type {HTMLElement[]} */
  const targets = [];
  let at = -1;
  const active = document.activeElement;
  for (const { within, targets: wanted } of REGIONS) {
    const region = document.querySelector(within);
    if (!(region instanceof HTMLElement) || !region.checkVisibility()) continue;
    const focusable = wanted.map((one) => focusableIn(region, one)).find(Boolean);
    if (!focusable) continue;
    // The rest of a pane is a part of its own only where it has no others.
    if (isWhole(within) && targets.some((known) => region.contains(known))) continue;
    if (at < 0 && region.contains(active)) at = targets.length;
    targets.push(focusable);
  }
  if (targets.length === 0) return;
  const next = at < 0 ? (step > 0 ? 0 : targets.length - 1) : at + step;
  targets[(next + targets.length) % targets.length]?.focus();
}

/**
 * @param {HTMLElement} region
 * @param {string} wanted
 */
function focusableIn(region, wanted) {
  if (region.matches(wanted)) return region;
  return /** @type {HTMLElement[]} */ ([...region.querySelectorAll(wanted)]).find((one) =>
    one.checkVisibility()
  );
}

/** @param {string} within */
function isWhole(within) {
  return within === "main" || within === ".side";
}
