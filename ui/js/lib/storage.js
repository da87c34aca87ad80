/**
 * Local storage under one prefix. It can be forbidden or full: then nothing is remembered, and
 * nothing else breaks.
 */
export class Shelf {
  #prefix;

  /** @param {string} prefix */
  constructor(prefix) {
    this.#prefix = prefix;
  }

  /** @returns {[string, string][]} */
  entries() {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(this.#prefix)).map(
        (key) => [key.slice(this.#prefix.length), localStorage.getItem(key) ?? ""],
      );
    } catch {
      return [];
    }
  }

  /** @param {string} name */
  get(name) {
    try {
      return localStorage.getItem(this.#prefix + name);
    } catch {
      return null;
    }
  }

  /**
   * @param {string} name
   * @param {string | null} value null removes it
   */
  set(name, value) {
    try {
      if (value === null) localStorage.removeItem(this.#prefix + name);
      else localStorage.setItem(this.#prefix + name, value);
    } catch {
      // See above.
    }
  }

  /** @param {(name: string, value: string | null) => void} onChange in another tab */
  follow(onChange) {
    addEventListener("storage", ({ key, newValue }) => {
      if (key?.startsWith(this.#prefix)) onChange(key.slice(this.#prefix.length), newValue);
    });
  }
}
