/** The sign of the tab, with a badge for what is new. */

const SIDE = 64;

/** @type {Promise<HTMLImageElement> | null} */
let plain = null;

let wanted = "";

/**
 * @param {{ count: number, hasDot: boolean }} news
 */
export async function showFavicon({ count, hasDot }) {
  const link = /** @type {HTMLLinkElement | null} */ (
    document.querySelector("link[rel~=icon]")
  );
  const label = count > 0 ? (count > 9 ? "9+" : String(count)) : hasDot ? "•" : "";
  if (!link || label === wanted) return;
  wanted = label;
  link.dataset.plain ??= link.href;
  if (label === "") {
    link.href = link.dataset.plain;
    return;
  }
  try {
    const picture = await (plain ??= load(link.dataset.plain));
    if (wanted === label) link.href = drawn(picture, label);
  } catch {
    // The plain one does as well.
  }
}

/**
 * @param {string} href
 * @returns {Promise<HTMLImageElement>}
 */
async function load(href) {
  const picture = new Image(SIDE, SIDE);
  picture.src = href;
  await picture.decode();
  return picture;
}

/**
 * @param {HTMLImageElement} picture
 * @param {string} label
 */
function drawn(picture, label) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const drawing = canvas.getContext("2d");
  if (!drawing) return picture.src;
  const isDot = label === "•";
  const radius = isDot ? 13 : 21;
  const x = SIDE - radius - 1;
  const y = isDot ? radius + 1 : SIDE - radius - 1;
  drawing.drawImage(picture, 0, 0, SIDE, SIDE);
  drawing.globalCompositeOperation = "destination-out";
  disc(drawing, x, y, radius + 4);
  drawing.globalCompositeOperation = "source-over";
  drawing.fillStyle = "#c51d28";
  disc(drawing, x, y, radius);
  if (!isDot) {
    drawing.fillStyle = "#fff";
    drawing.font = `bold ${label.length > 1 ? 25 : 33}px system-ui, sans-serif`;
    drawing.textAlign = "center";
    drawing.textBaseline = "middle";
    drawing.fillText(label, x, y + 2);
  }
  return canvas.toDataURL("image/png");
}

/**
 * @param {CanvasRenderingContext2D} drawing
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
function disc(drawing, x, y, radius) {
  drawing.beginPath();
  drawing.arc(x, y, radius, 0, 2 * Math.PI);
  drawing.fill();
}
