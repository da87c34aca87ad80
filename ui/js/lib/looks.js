/**
 * How the page looks beyond light and dark. Kept in the browser as well, so that the next page looks so
 * before it knows who is there.
 *
 * @typedef {object} Looks
 * @property {"comfortable" | "compact"} density
 * @property {"system" | "reduced"} motion
 * @property {"system" | "more"} contrast
 */

const STORAGE_KEY = "parley.looks";

/** @type {Looks} */
const USUAL = { density: "comfortable", motion: "system", contrast: "system" };

/** @returns {Looks} */
export function readLooks() {
  try {
    return { ...USUAL, ...JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "{}") };
  } catch {
    // Storage can be forbidden: then there is nothing to remember.
    return USUAL;
  }
}

/** @param {Looks} looks */
export function showLooks({ density, motion, contrast }) {
  const { dataset } = document.documentElement;
  dataset.density = density;
  dataset.motion = motion;
  dataset.contrast = contrast;
}

/** @param {Looks} looks */
export function chooseLooks(looks) {
  const { density, motion, contrast } = looks;
  showLooks(looks);
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify({ density, motion, contrast }));
  } catch {
    // It then lasts until the page goes.
  }
}
