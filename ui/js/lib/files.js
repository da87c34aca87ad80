const STEPS = /** @type {const} */ (["byte", "kilobyte", "megabyte", "gigabyte"]);

/**
 * @param {number} bytes
 * @returns {string} "1.4 MB"
 */
export function fileSize(bytes) {
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), STEPS.length - 1);
  const number = bytes / 1000 ** step;
  return new Intl.NumberFormat(undefined, {
    style: "unit",
    unit: STEPS[step],
    unitDisplay: step === 0 ? "narrow" : "short",
    maximumFractionDigits: number < 10 && step > 0 ? 1 : 0,
  }).format(number);
}
