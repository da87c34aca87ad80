/**
 * What the clipboard and a drop bring, and what of it is a file.
 */

/**
 * @param {DataTransfer | null} data
 * @returns {boolean}
 */
export function bringsFiles(data) {
  return data !== null && data.types.includes("Files");
}

/**
 * The files of a drop. A folder looks like a file and cannot be read.
 *
 * @param {DataTransfer} data
 * @returns {{ files: File[], folders: number }}
 */
export function droppedFiles(data) {
  const items = [...data.items].filter(({ kind }) => kind === "file");
  const files = items.filter((item) => !item.webkitGetAsEntry?.()?.isDirectory)
    .map((item) => item.getAsFile()).filter((file) => file !== null);
  return { files, folders: items.length - files.length };
}

/**
 * The files that were copied. Word processors put a picture of the text beside it: that is not meant.
 *
 * @param {DataTransfer} data
 * @param {Date} now
 * @returns {File[]}
 */
export function copiedFiles(data, now) {
  if (data.types.includes("text/plain")) return [];
  return [...data.files].map((file) => isScreenshot(file) ? renamed(file, now) : file);
}

/** @param {File} file browsers call every picture that has no name so */
function isScreenshot({ name, type }) {
  return type.startsWith("image/") && /^image\.\w+$/.test(name);
}

/**
 * @param {File} file
 * @param {Date} now
 */
function renamed(file, now) {
  const extension = file.name.split(".").at(-1);
  return new File([file], `screenshot-${stamp(now)}.${extension}`, { type: file.type });
}

/** @param {Date} now */
export function stamp(now) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  return `${day}-${two(now.getHours())}${two(now.getMinutes())}`;
}
