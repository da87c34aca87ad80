/** Whether people point with a finger here: a keyboard on the screen would cover half of it. */
export function isTouch() {
  return matchMedia("(pointer: coarse)").matches;
}
