import { computed, signal } from "@preact/signals-core";

/**
 * @import { ReadonlySignal } from "@preact/signals-core"
 * @import { State } from "./state.js"
 */

/** The one place where the state changes. */
export class Store {
  #state;

  /** @param {State} state */
  constructor(state) {
    this.#state = signal(state);
  }

  /** The state as it is now. Inside a component's `render()`, use a selection instead. */
  get state() {
    return this.#state.peek();
  }

  /** @param {(state: State) => State} change */
  update(change) {
    this.#state.value = change(this.#state.peek());
  }

  /**
   * A signal that changes only when what the selector returns is another value.
   *
   * @template Value
   * @param {(state: State) => Value} selector
   * @returns {ReadonlySignal<Value>}
   */
  select(selector) {
    return computed(() => selector(this.#state.value));
  }
}
