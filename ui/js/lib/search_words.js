/**
 * The words of a search as one types them: which of them the caret is in, and what it could become.
 * The server reads the search; this only helps to write it.
 */

/**
 * @typedef {object} Word
 * @property {number} start
 * @property {number} end
 * @property {string} text
 */

/**
 * @typedef {object} Suggestion
 * @property {string} insert what takes the place of the word
 * @property {string} label
 * @property {string} hint
 * @property {string} icon
 * @property {boolean} isWhole a space follows: the word is finished
 */

/**
 * @typedef {object} Known
 * @property {{ username: string, name: string }[]} people
 * @property {{ name: string }[]} channels that have a name
 */

const SHOWN = 8;

/** Filters with values that are known beforehand. */
export const VALUES = /** @type {const} */ ({
  has: ["link", "code", "file", "image", "reaction", "pin", "thread"],
  is: ["thread", "edited", "pinned", "saved", "mine"],
});

export const DATE_FILTERS = ["before", "after", "on"];

/**
 * The word in which the caret stands. Quotes hold a phrase together.
 *
 * @param {string} text
 * @param {number} caret
 * @returns {Word}
 */
export function wordAt(text, caret) {
  let start = 0;
  let isQuoted = false;
  for (let index = 0; index < caret; index++) {
    if (text[index] === '"') isQuoted = !isQuoted;
    else if (!isQuoted && /\s/.test(text[index] ?? "")) start = index + 1;
  }
  let end = caret;
  while (end < text.length && !/\s/.test(text[end] ?? "")) end += 1;
  return { start, end, text: text.slice(start, end) };
}

/**
 * @param {string} text
 * @param {Word} word
 * @param {Pick<Suggestion, "insert" | "isWhole">} chosen
 * @returns {{ text: string, caret: number }}
 */
export function withWord(text, { start, end }, { insert, isWhole }) {
  const rest = text.slice(end).replace(/^\s+/, "");
  const head = `${text.slice(0, start)}${insert}${isWhole ? " " : ""}`;
  return { text: head + rest, caret: head.length };
}

/**
 * The filter that a word names and what stands behind its colon.
 *
 * @param {string} word
 * @returns {{ minus: string, filter: string, value: string } | null}
 */
export function filterOf(word) {
  const [, minus = "", filter = "", value = ""] = /^(-?)([a-z]+):(.*)$/i.exec(word) ?? [];
  return filter ? { minus, filter: filter.toLowerCase(), value } : null;
}

/**
 * What a word could become.
 *
 * @param {string} word
 * @param {Known} known
 * @param {(key: string) => string} say the hint for a filter or a value
 * @returns {Suggestion[]}
 */
export function suggestions(word, known, say) {
  const parts = filterOf(word);
  if (!parts) return filters(word, say);
  const { minus, filter, value } = parts;
  const wanted = folded(value.replace(/^[@#]/, ""));
  switch (filter) {
    case "from":
      return [
        ...(isStart("me", wanted) ? [whole(`${minus}from:me`, say("me"), "user")] : []),
        ...people(wanted, known).map(({ username, name }) =>
          whole(`${minus}from:@${username}`, name, "user")
        ),
      ].slice(0, SHOWN);
    case "in":
      return [
        ...(value.startsWith("@") ? [] : channels(wanted, known)).map(({ name }) =>
          whole(`${minus}in:#${name}`, "", "hash")
        ),
        ...(value.startsWith("#") ? [] : people(wanted, known)).map(({ username, name }) =>
          whole(`${minus}in:@${username}`, name, "messages-square")
        ),
      ].slice(0, SHOWN);
    case "has":
    case "is":
      return VALUES[filter].filter((one) => isStart(one, wanted)).map((one) =>
        whole(`${minus}${filter}:${one}`, say(`${filter}:${one}`), "funnel")
      );
    case "before":
    case "after":
    case "on":
      return ["today", "yesterday"].filter((one) => isStart(one, wanted)).map((one) =>
        whole(`${filter}:${one}`, say(one), "calendar")
      );
    default:
      return [];
  }
}

/**
 * @param {string} word
 * @param {(key: string) => string} say
 * @returns {Suggestion[]}
 */
function filters(word, say) {
  const minus = word.startsWith("-") ? "-" : "";
  const wanted = folded(word.slice(minus.length));
  const names = ["from", "in", "has", "is", ...(minus ? [] : DATE_FILTERS)];
  return names.filter((name) => name.startsWith(wanted)).map((name) => ({
    insert: `${minus}${name}:`,
    label: `${minus}${name}:`,
    hint: say(name),
    icon: DATE_FILTERS.includes(name)
      ? "calendar"
      : name === "from"
      ? "user"
      : name === "in"
      ? "hash"
      : "funnel",
    isWhole: false,
  }));
}

/**
 * @param {string} insert
 * @param {string} hint
 * @param {string} icon
 * @returns {Suggestion}
 */
function whole(insert, hint, icon) {
  return { insert, label: insert, hint, icon, isWhole: true };
}

/**
 * @param {string} wanted
 * @param {Known} known
 */
function people(wanted, { people: all }) {
  return all.filter(({ username, name }) =>
    isStart(username, wanted) || folded(name).split(" ").some((part) => part.startsWith(wanted))
  ).slice(0, SHOWN);
}

/**
 * @param {string} wanted
 * @param {Known} known
 */
function channels(wanted, { channels: all }) {
  const first = all.filter(({ name }) => isStart(name, wanted));
  const others = all.filter((one) => !first.includes(one) && folded(one.name).includes(wanted));
  return [...first, ...others].slice(0, SHOWN);
}

/**
 * @param {string} text
 * @param {string} wanted
 */
function isStart(text, wanted) {
  return folded(text).startsWith(wanted);
}

/** @param {string} text */
function folded(text) {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
