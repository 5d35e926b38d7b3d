// The keyboard of the page on which code is searched: from match to match, from file to file.
import { isSingleKey } from "../keyboard.js";

const MATCHES = ".found-lines .match .number, #more-files a";
const FILES = ".found-file h2 a, #more-files a";
const keys = {
  j: () => step(MATCHES, 1),
  k: () => step(MATCHES, -1),
  J: () => step(FILES, 1),
  K: () => step(FILES, -1),
};
let filesBefore = 0; // when more of them were asked for by keyboard

document.addEventListener("keydown", (event) => {
  if (!keys[event.key] || !isSingleKey(event)) return;
  event.preventDefault();
  keys[event.key]();
});

// The first of the files that come gets the focus that stood on the link which was replaced.
document.body.addEventListener("htmx:beforeSwap", ({ target }) => {
  const isFocused = target.id === "more-files" && target.contains(document.activeElement);
  filesBefore = isFocused ? document.querySelectorAll(".found-file").length : 0;
});
document.body.addEventListener("htmx:afterSettle", () => {
  if (filesBefore) document.querySelectorAll(".found-file h2 a")[filesBefore]?.focus();
  filesBefore = 0;
});

// Focuses the next link of a kind in the order of the page; the first or the last without one.
function step(selector, by) {
  const links = [...document.querySelectorAll(selector)];
  const next = links[nextPlace(links, by)];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}

function nextPlace(links, by) {
  const focused = document.activeElement;
  if (!focused?.closest(".found-file, #more-files")) return by > 0 ? 0 : links.length - 1;
  const before = links.filter((link) => isBefore(link, focused)).length;
  if (by < 0) return Math.max(0, before - 1);
  return Math.min(links.length - 1, before + (links.includes(focused) ? 1 : 0));
}

function isBefore(link, focused) {
  return link.compareDocumentPosition(focused) & Node.DOCUMENT_POSITION_FOLLOWING;
}
