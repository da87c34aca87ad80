/**
 * Type a name as the server wants it instead of being told off afterwards.
 *
 * @param {{ target: EventTarget | null }} event on the field
 */
export function keepToName({ target }) {
  const field = /** @type {HTMLInputElement} */ (target);
  const allowed = field.value.replace(/\s+/g, "-").replace(/[#@/\\:]/g, "");
  if (allowed !== field.value) field.value = allowed;
}
