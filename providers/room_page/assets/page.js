// Small things that every part of the page uses.
import { words } from "./words.js";

export const byId = (id) => document.getElementById(id);

export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

export function icon(name, className = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("aria-hidden", "true");
  if (className) svg.setAttribute("class", className);
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export function avatar(name) {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...word][0] ?? "").join("");
  const circle = make("span", "avatar", letters.toUpperCase() || "?");
  circle.setAttribute("aria-hidden", "true");
  const sum = [...name].reduce((total, letter) => total + letter.codePointAt(0), 0);
  circle.style.setProperty("--hue", String((sum * 47) % 360));
  return circle;
}

// A name as typed by somebody, which must not change how the text around it reads.
export function nameOf(name) {
  return make("bdi", "", name || words("somebody"));
}

// Shows what a button will do next, and whether what it stands for is off or on.
export function setButton(button, { text, picture, off = false, on = false }) {
  button.querySelector("span").textContent = text;
  if (picture) button.querySelector("use").setAttribute("href", `#i-${picture}`);
  button.toggleAttribute("data-off", off);
  button.toggleAttribute("data-on", on);
}

const TOGETHER_MS = 700;
const SHOWN_MS = 4000;
let hush = 0;
let spoken = [];
let spokenAt = 0;

// Says something to those who see and to those who listen; what comes within a moment is said together.
export function say(text) {
  clearTimeout(hush);
  const now = performance.now();
  spoken = now - spokenAt < TOGETHER_MS ? [...spoken.slice(-2), text] : [text];
  spokenAt = now;
  byId("said").textContent = spoken.join(" ");
  byId("said").hidden = false;
  hush = setTimeout(() => { byId("said").hidden = true; byId("said").textContent = ""; }, SHOWN_MS);
}
