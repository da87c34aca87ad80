const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

/**
 * @param {number} bytes
 * @returns {string} as people say it: "12 kB"
 */
export function fileSize(bytes) {
  const power = Math.min(
    UNITS.length - 1,
    bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3),
  );
  const value = bytes / 1000 ** power;
  return new Intl.NumberFormat(undefined, {
    style: "unit",
    unit: UNITS[power] ?? "byte",
    unitDisplay: power === 0 ? "long" : "short",
    maximumFractionDigits: value < 10 && power > 0 ? 1 : 0,
  }).format(value);
}
