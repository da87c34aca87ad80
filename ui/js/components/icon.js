import { html } from "lit";

/** Those that point somewhere: to the end of a line, or back to its beginning. */
const DIRECTED =
  /^(arrow-(left|right)|chevrons?-(left|right)|corner-|log-(in|out)|send|reply|undo|redo|panel-|indent|external-link|list)/;

/**
 * A picture from the sprite that the page carries. Always beside words or inside a labelled button.
 *
 * @param {string} name
 */
export function icon(name) {
  return html`
    <svg class="icon" aria-hidden="true" ?data-directed=${DIRECTED.test(name)}>
      <use href="#i-${name}"></use>
    </svg>
  `;
}

/** @param {{ kind: string, archived_at: string | null }} channel */
export function channelIcon(channel) {
  if (channel.archived_at !== null) return icon("archive");
  if (channel.kind === "dm") return icon("messages-square");
  return icon(channel.kind === "private" ? "lock" : "hash");
}
