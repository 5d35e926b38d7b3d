// Names in the lines of a file: words that the colouring does not take for something else.
import { lineNumber } from "./line_range.js";

const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/gu;
const NAME_CLASS = /^n/; // of Pygments: https://pygments.org/docs/tokens/

/**
 * @typedef {{name: string, node: Text, start: number, row: HTMLElement, line: number}} Word
 */

/**
 * The name at a point of the page, null where none is.
 *
 * @param {number} x
 * @param {number} y
 * @returns {Word | null}
 */
export function wordAtPoint(x, y) {
  const place = caretAt(x, y);
  if (place?.node.nodeType !== Node.TEXT_NODE) return null;
  const words = wordsOfNode(place.node);
  return (
    words.find((w) => w.start <= place.offset && place.offset <= w.start + w.name.length) ?? null
  );
}

/**
 * The names of a line, in order.
 *
 * @param {HTMLElement} row
 * @returns {Word[]}
 */
export function wordsOfRow(row) {
  const walker = document.createTreeWalker(row.querySelector("code"), NodeFilter.SHOW_TEXT);
  const words = [];
  while (walker.nextNode()) words.push(...wordsOfNode(walker.currentNode));
  return words;
}

/**
 * The rectangle of a word on the screen.
 *
 * @param {Word} word
 */
export function wordRectangle(word) {
  return rangeOf(word).getBoundingClientRect();
}

/**
 * Makes an element of a word, which can have the focus. `unwrap` takes it back.
 *
 * @param {Word} word
 * @returns {HTMLElement}
 */
export function wrapWord(word) {
  const element = document.createElement("span");
  element.className = "name";
  element.tabIndex = -1;
  element.setAttribute("role", "button");
  rangeOf(word).surroundContents(element);
  return element;
}

/** @param {HTMLElement} element */
export function unwrapWord(element) {
  const parent = element.parentElement;
  if (!parent) return;
  element.replaceWith(...element.childNodes);
  parent.normalize();
}

function rangeOf({ node, start, name }) {
  const range = document.createRange();
  range.setStart(node, start);
  range.setEnd(node, start + name.length);
  return range;
}

function wordsOfNode(node) {
  const row = node.parentElement.closest("[data-code] li");
  const holder = node.parentElement.closest("code, span:not(.name)");
  if (!row || !holder?.closest("code")) return [];
  if (holder.tagName === "SPAN" && !NAME_CLASS.test(holder.className)) return [];
  return [...node.data.matchAll(WORD)].map((match) => ({
    name: match[0],
    node,
    start: match.index,
    row,
    line: lineNumber(row),
  }));
}

// The text and the offset at a point; two interfaces for the same.
function caretAt(x, y) {
  if (document.caretPositionFromPoint) {
    const position = document.caretPositionFromPoint(x, y);
    return position && { node: position.offsetNode, offset: position.offset };
  }
  const range = document.caretRangeFromPoint?.(x, y);
  return range && { node: range.startContainer, offset: range.startOffset };
}
