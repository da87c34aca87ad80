import { Deck } from "./deck.js";
import "./chart.js";
import "./page.js";

const bootstrap = document.getElementById("bootstrap");
const page = document.querySelector("parley-bridge");

if (bootstrap && page) {
  const deck = new Deck(JSON.parse(bootstrap.textContent ?? ""));
  page.replaceChildren();
  Object.assign(page, { deck });
  deck.start();
}
