/**
 * Finding things by a few letters of their names, the likeliest first. Pure, and quick enough to run at
 * each key for thousands of names.
 */

/**
 * A name as it is compared: without accents and case, and where its letters came from.
 *
 * @typedef {object} FoldedText
 * @property {string} text
 * @property {number[] | null} origins index in `text` → index in the original; null: the same
 * @property {number[]} starts where words begin, in `text`
 */

/**
 * @typedef {object} Candidate
 * @property {FoldedText[]} names the one that is shown first, then others it is known by
 * @property {number} weight breaks ties: what is nearer to the person has more
 */

/**
 * @typedef {object} Match
 * @property {number} index of the candidate
 * @property {number} score
 * @property {[number, number][]} ranges matched letters of the first name, in the original
 */

/** What does not fall apart into a letter and its accent. */
/** @type {Record<string, string>} */
const LETTERS = { ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ß: "ss", æ: "ae", œ: "oe", ı: "i" };

const MARK = /\p{M}/gu;
const WORD_LETTER = /[\p{L}\p{N}]/u;
const ASCII = /^[\x20-\x7e]*$/;

const EXACT = 1000;
const BEGINNING = 900;
const WORDS = 800;
const ACRONYM = 700;
const INSIDE = 600;
const SCATTERED = 300;
/** What somebody is also known by says a little less than their name. */
const OTHER_NAME = 30;

/**
 * @param {string} original
 * @returns {FoldedText}
 */
export function folded(original) {
  if (ASCII.test(original)) {
    const text = original.toLowerCase();
    return { text, origins: null, starts: wordStarts(text) };
  }
  let text = "";
  const origins = [];
  for (let index = 0; index < original.length;) {
    const letter = String.fromCodePoint(original.codePointAt(index) ?? 0);
    const plain = letter.normalize("NFKD").replace(MARK, "").toLowerCase();
    const written = LETTERS[plain] ?? plain;
    for (let at = 0; at < written.length; at++) origins.push(index);
    text += written;
    index += letter.length;
  }
  return { text, origins, starts: wordStarts(text) };
}

/**
 * @param {Candidate[]} candidates
 * @param {string} wanted what was typed
 * @param {number} limit
 * @returns {Match[]} the best first
 */
export function rank(candidates, wanted, limit) {
  const query = folded(wanted.trim()).text;
  if (query === "") return [];
  const words = query.split(/\s+/);
  /** @type {Match[]} */
  const matches = [];
  candidates.forEach(({ names, weight }, index) => {
    let best = -1;
    /** @type {[number, number][]} */
    let ranges = [];
    names.forEach((name, place) => {
      const found = matched(name, query, words);
      if (!found) return;
      const score = found.score - (place > 0 ? OTHER_NAME : 0);
      if (score <= best) return;
      best = score;
      ranges = place === 0 ? inOriginal(found.ranges, name) : [];
    });
    if (best >= 0) matches.push({ index, score: best + weight, ranges });
  });
  return matches.sort((a, b) => b.score - a.score || a.index - b.index).slice(0, limit);
}

/**
 * @param {FoldedText} name
 * @param {string} query
 * @param {string[]} words of the query
 * @returns {{ score: number, ranges: [number, number][] } | null}
 */
function matched(name, query, words) {
  const { text, starts } = name;
  // Most names end here: letters that are not there in their order match in no way.
  if (words.length === 1 && !hasInOrder(text, query)) return null;
  const brevity = Math.max(0, 40 - text.length) / 2;
  const at = text.indexOf(query);
  if (at === 0) {
    const score = text.length === query.length ? EXACT : BEGINNING + brevity;
    return { score, ranges: [[0, query.length]] };
  }
  const begun = beginnings(text, starts, words);
  if (begun) return { score: WORDS + brevity, ranges: begun };
  const initials = acronym(text, starts, query);
  if (initials) return { score: ACRONYM + brevity, ranges: initials };
  if (at > 0) {
    return { score: INSIDE + brevity - Math.min(at, 40), ranges: [[at, at + query.length]] };
  }
  return scattered(text, starts, query);
}

/**
 * @param {string} text
 * @param {string} letters
 */
function hasInOrder(text, letters) {
  let from = 0;
  for (const letter of letters) {
    const at = text.indexOf(letter, from);
    if (at < 0) return false;
    from = at + 1;
  }
  return true;
}

/**
 * Each word that was typed begins a word of the name, in any order.
 *
 * @param {string} text
 * @param {number[]} starts
 * @param {string[]} words
 * @returns {[number, number][] | null}
 */
function beginnings(text, starts, words) {
  /** @type {Set<number>} */
  const taken = new Set();
  /** @type {[number, number][]} */
  const ranges = [];
  for (const word of words) {
    const start = starts.find((place) => !taken.has(place) && text.startsWith(word, place));
    if (start === undefined) return null;
    taken.add(start);
    ranges.push([start, start + word.length]);
  }
  return ranges.sort((a, b) => a[0] - b[0]);
}

/**
 * @param {string} text
 * @param {number[]} starts
 * @param {string} query
 * @returns {[number, number][] | null}
 */
function acronym(text, starts, query) {
  if (query.length < 2 || query.length > starts.length) return null;
  /** @type {[number, number][]} */
  const ranges = [];
  let next = 0;
  for (const letter of query) {
    while (next < starts.length && text[starts[next] ?? 0] !== letter) next += 1;
    const start = starts[next];
    if (start === undefined) return null;
    ranges.push([start, start + 1]);
    next += 1;
  }
  return ranges;
}

/**
 * All letters in their order, with others between them.
 *
 * @param {string} text
 * @param {number[]} starts
 * @param {string} query
 * @returns {{ score: number, ranges: [number, number][] } | null}
 */
function scattered(text, starts, query) {
  const letters = query.replaceAll(/\s/g, "");
  if (letters.length < 2) return null;
  /** @type {[number, number][]} */
  const ranges = [];
  let from = 0;
  let gaps = 0;
  for (const letter of letters) {
    const at = text.indexOf(letter, from);
    if (at < 0) return null;
    const last = ranges.at(-1);
    if (last && at === last[1]) last[1] = at + 1;
    else {
      if (last) gaps += starts.includes(at) ? 1 : 2 + Math.min(at - last[1], 10);
      ranges.push([at, at + 1]);
    }
    from = at + 1;
  }
  // Letters strewn over a long name say nothing.
  if (gaps > letters.length * 5) return null;
  return { score: SCATTERED - gaps * 4 - (ranges[0]?.[0] ?? 0), ranges };
}

/** @param {string} text */
function wordStarts(text) {
  const starts = [];
  let isInside = false;
  for (let index = 0; index < text.length; index++) {
    const isLetter = WORD_LETTER.test(text[index] ?? "") || (text[index] ?? "") > "\u007f";
    if (isLetter && !isInside) starts.push(index);
    isInside = isLetter;
  }
  return starts;
}

/**
 * @param {[number, number][]} ranges
 * @param {FoldedText} name
 * @returns {[number, number][]}
 */
function inOriginal(ranges, { origins }) {
  if (!origins) return ranges;
  return ranges.map(([from, to]) => {
    const start = origins[from] ?? 0;
    const last = origins[to - 1] ?? start;
    const after = origins.find((origin) => origin > last);
    return [start, after ?? Number.MAX_SAFE_INTEGER];
  });
}
