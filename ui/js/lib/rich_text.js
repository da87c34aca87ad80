/**
 * Formatted text of the clipboard as Markdown. What Markdown cannot say stays as plain text.
 */

const BLOCKS = new Set([
  "ADDRESS",
  "ARTICLE",
  "DIV",
  "DL",
  "DT",
  "DD",
  "FIGURE",
  "FOOTER",
  "HEADER",
  "MAIN",
  "NAV",
  "P",
  "SECTION",
  "TABLE",
  "TR",
]);

const SILENT = new Set(["SCRIPT", "STYLE", "TITLE", "HEAD", "TEMPLATE", "IMG", "SVG", "BUTTON"]);

/**
 * @param {string} rich HTML
 * @returns {string | null} null where the browser cannot read it without danger
 */
export function markdownOf(rich) {
  // Makes it safe, and is the only way that the page's policy allows.
  const parser = /** @type {{ parseHTML?: (html: string) => Document }} */ (
    /** @type {unknown} */ (Document)
  );
  const page = parser.parseHTML?.(rich);
  return page ? markdownOfNode(page.body) : null;
}

/** @param {Node} root */
export function markdownOfNode(root) {
  return blocksOf(root).replaceAll(/[ \t]+\n/g, "\n").replaceAll(/\n{3,}/g, "\n\n").trim();
}

/** @param {Node} node */
function blocksOf(node) {
  return [...node.childNodes].map(markdown).join("");
}

/**
 * @param {Node} node
 * @returns {string}
 */
function markdown(node) {
  if (node.nodeType === 3) return (node.nodeValue ?? "").replaceAll(/\s+/g, " ");
  if (node.nodeType !== 1) return "";
  const element = /** @type {HTMLElement} */ (node);
  const name = element.tagName.toUpperCase();
  if (SILENT.has(name)) return "";
  if (BLOCKS.has(name)) return `\n${blocksOf(element)}\n`;
  switch (name) {
    case "BR":
      return "\n";
    case "B":
    case "STRONG":
      // Some put everything into one, and say that it is not bold.
      return element.style.fontWeight === "normal" ? blocksOf(element) : marked(element, "**");
    case "I":
    case "EM":
      return marked(element, "_");
    case "DEL":
    case "S":
    case "STRIKE":
      return marked(element, "~~");
    case "CODE":
    case "KBD":
    case "SAMP":
      return element.textContent?.trim() ? `\`${element.textContent}\`` : "";
    case "PRE":
      return `\n\`\`\`\n${(element.textContent ?? "").replace(/\n$/, "")}\n\`\`\`\n`;
    case "A":
      return linked(element);
    case "UL":
    case "OL":
      return `\n${list(element, name === "OL")}\n`;
    case "BLOCKQUOTE":
      return `\n${prefixed(markdownOfNode(element), "> ", "> ")}\n`;
    case "HR":
      return "\n---\n";
    case "TD":
    case "TH":
      return `${blocksOf(element).trim()}\t`;
  }
  const level = /^H([1-6])$/.exec(name)?.[1];
  if (level) return `\n\n${"#".repeat(Math.min(3, Number(level)))} ${blocksOf(element).trim()}\n\n`;
  return blocksOf(element);
}

/**
 * @param {Element} element
 * @param {string} mark
 */
function marked(element, mark) {
  const text = blocksOf(element);
  const bare = text.trim();
  // Over several lines a mark would be no mark.
  if (bare === "" || bare.includes("\n") || bare.startsWith(mark)) return text;
  return text.replace(bare, () => `${mark}${bare}${mark}`);
}

/** @param {HTMLElement} element */
function linked(element) {
  const label = blocksOf(element).trim();
  const address = element.getAttribute("href") ?? "";
  if (!/^(https?|mailto):/i.test(address) || label === "") return label;
  return label === address
    ? address
    : `[${label}](${address.replaceAll(/[()\s]/g, encodeURIComponent)})`;
}

/**
 * @param {Element} element
 * @param {boolean} isNumbered
 */
function list(element, isNumbered) {
  const items = [...element.children].filter(({ tagName }) => tagName.toUpperCase() === "LI");
  const first = Number(element.getAttribute("start") ?? 1) || 1;
  return items.map((item, index) => {
    const head = isNumbered ? `${first + index}. ` : "- ";
    return prefixed(
      markdownOfNode(item).replaceAll(/\n{2,}/g, "\n"),
      head,
      " ".repeat(head.length),
    );
  }).join("\n");
}

/**
 * @param {string} text
 * @param {string} first
 * @param {string} others
 */
function prefixed(text, first, others) {
  return text.split("\n").map((line, index) => `${index === 0 ? first : others}${line}`).join("\n");
}
