import { Directive, directive } from "lit/directive.js";

/** @import { ElementPart } from "lit" */

/** Gives an element a colour that only the server knows. The policy forbids it as an attribute. */
class TintDirective extends Directive {
  /** @param {string} colour */
  render(colour) {
    return colour;
  }

  /**
   * @param {ElementPart} part
   * @param {[string]} values
   */
  update(part, [colour]) {
    const { style } = /** @type {HTMLElement} */ (part.element);
    if (colour) style.setProperty("--tint", colour);
    else style.removeProperty("--tint");
  }
}

export const tint = directive(TintDirective);
