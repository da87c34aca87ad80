import { effect, untracked } from "@preact/signals-core";
import { LitElement } from "lit";

/** @import { App } from "../app.js" */
/** @import { PropertyDeclarations, PropertyValues } from "lit" */

/**
 * An element that renders into itself and renders again when a signal read by `render()` changes.
 *
 * Light DOM keeps one stylesheet, ordinary labels and ids, and no style that the policy would refuse.
 */
export class SignalElement extends LitElement {
  /** @type {PropertyDeclarations} */
  static properties = {
    app: { attribute: false },
  };

  /** @type {(() => void) | null} */
  #stopTracking = null;

  constructor() {
    super();
    // Not a class field: a field would hide the accessor that Lit puts on the prototype.
    /** @type {App} */
    this.app;
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.hasUpdated) this.requestUpdate();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#stopTracking?.();
    this.#stopTracking = null;
  }

  /** @param {PropertyValues} changed */
  update(changed) {
    this.#stopTracking?.();
    let isFirstRun = true;
    this.#stopTracking = effect(() => {
      if (isFirstRun) {
        isFirstRun = false;
        super.update(changed);
      } else {
        untracked(() => this.requestUpdate());
      }
    });
  }
}
