import { html } from "lit";

/**
 * A picture from the sprite that the page carries. Always beside words or inside a labelled button.
 *
 * @param {string} name
 */
export function icon(name) {
  return html`
    <svg class="icon" aria-hidden="true">
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
