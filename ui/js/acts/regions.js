/** The parts of the window that F6 goes through, and what takes the focus in each. */

const REGIONS = [
  { within: "main .log", target: ".log" },
  { within: "main parley-composer", target: "textarea, [contenteditable]" },
  { within: ".side .log", target: ".log" },
  { within: ".side parley-composer", target: "textarea, [contenteditable]" },
  { within: ".side", target: "button, a, input, [tabindex='0']" },
  { within: ".sidebar", target: "[aria-current='page'], a, button" },
  { within: "main .bar", target: "button, a, input" },
  { within: "main", target: "button, a, input, [tabindex='0']" },
];

/** @param {1 | -1} step */
export function nextRegion(step) {
  /** @type {HTMLElement[]} */
  const targets = [];
  let at = -1;
  const active = document.activeElement;
  for (const { within, target } of REGIONS) {
    const region = document.querySelector(within);
    if (!(region instanceof HTMLElement) || !region.checkVisibility()) continue;
    const focusable = region.matches(target)
      ? region
      : [...region.querySelectorAll(target)].find((one) => one.checkVisibility());
    if (!(focusable instanceof HTMLElement)) continue;
    // The rest of a pane is a part of its own only where it has no others.
    if (isWhole(within) && targets.some((known) => region.contains(known))) continue;
    if (at < 0 && region.contains(active)) at = targets.length;
    targets.push(focusable);
  }
  if (targets.length === 0) return;
  const next = at < 0 ? (step > 0 ? 0 : targets.length - 1) : at + step;
  targets[(next + targets.length) % targets.length]?.focus();
}

/** @param {string} within */
function isWhole(within) {
  return within === "main" || within === ".side";
}
