import assert from "node:assert/strict";
import { Shelf } from "../../ui/js/lib/storage.js";

/** Storage as a browser has it: its keys are its own properties. */
class PlainStorage {
  /** @param {string} name */
  getItem(name) {
    return /** @type {Record<string, string>} */ (/** @type {unknown} */ (this))[name] ?? null;
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  setItem(name, value) {
    Object.assign(this, { [name]: value });
  }

  /** @param {string} name */
  removeItem(name) {
    Reflect.deleteProperty(this, name);
  }
}

Deno.test("a shelf sees its own things only", () => {
  const storage = /** @type {Storage} */ (/** @type {unknown} */ (new PlainStorage()));
  const [ann, ben] = ["1", "2"].map((id) => new Shelf(`outbox.${id}.`, () => storage));
  ann?.set("a", "of Ann");
  ben?.set("b", "of Ben");
  assert.deepEqual(ann?.entries(), [["a", "of Ann"]]);
  assert.equal(ben?.get("a"), null);
  ann?.set("a", null);
  assert.deepEqual(ann?.entries(), []);
});

Deno.test("storage that is forbidden remembers nothing and breaks nothing", () => {
  const shelf = new Shelf("outbox.", () => {
    throw new DOMException("No.", "SecurityError");
  });
  shelf.set("a", "text");
  assert.deepEqual([shelf.get("a"), shelf.entries()], [null, []]);
});
