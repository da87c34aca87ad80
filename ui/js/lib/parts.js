/**
 * The scripts that the page does not begin with.
 *
 * @throws {TypeError} by the promises: a script could not be loaded
 */

export const everyday = () => import("../parts/everyday.js");

export const seldom = () => import("../parts/seldom.js");
