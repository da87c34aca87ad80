import { html, nothing } from "lit";
import { SignalElement } from "../lib/signal_element.js";
import { sentence } from "../session/loader.js";

/** A part of the workspace's or a channel's settings: it reads what it shows, and says what went wrong. */
export class ManageElement extends SignalElement {
  static properties = { problem: { state: true }, isBusy: { state: true } };

  constructor() {
    super();
    this.problem = "";
    this.isBusy = false;
  }

  firstUpdated() {
    this.attempt(() => this.load());
  }

  /** @returns {Promise<void>} */
  load() {
    return Promise.resolve();
  }

  /**
   * @param {() => Promise<void>} act
   * @returns {Promise<boolean>} whether it went well
   */
  async attempt(act) {
    this.isBusy = true;
    this.problem = "";
    try {
      await act();
      return true;
    } catch (error) {
      this.problem = sentence(error);
      return false;
    } finally {
      this.isBusy = false;
    }
  }

  renderProblem() {
    return this.problem ? html`<p class="field-error" role="alert">${this.problem}</p>` : nothing;
  }
}

/** @param {SubmitEvent} event */
export function fieldsOf(event) {
  event.preventDefault();
  return new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
}
