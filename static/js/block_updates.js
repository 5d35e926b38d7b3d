// Replaces the blocks of a growing answer, and leaves a reader who uses one undisturbed.
import { labelCodeButtons } from "./i18n.js";
import { isPressed, onRelease } from "./pressed.js";

const TARGETS = "a, button, summary, [tabindex]";
const reopened = new WeakSet();
const waiting = new Map(); // blocks in which a click has begun, and what they show after it

/**
 * Shows a block's HTML. What the reader has opened, wrapped, scrolled or focused in it stays so.
 *
 * @param {HTMLElement} block
 * @param {string} html from the server's renderer, which sanitises it
 */
export function updateBlock(block, html) {
  if (isPressed(block)) {
    waiting.set(block, html);
    return;
  }
  const restore = block.firstChild ? readUse(block) : null;
  block.innerHTML = html;
  labelCodeButtons(block);
  restore?.();
}

onRelease(() => {
  const updates = [...waiting];
  waiting.clear();
  for (const [block, html] of updates) updateBlock(block, html);
});

/**
 * Whether the script opened what the reader had opened before it was replaced. Once true only.
 *
 * @param {HTMLDetailsElement} details
 * @returns {boolean}
 */
export function wasOpenedAgain(details) {
  return reopened.delete(details);
}

/** Opens what the reader had opened before it was replaced. @param {HTMLDetailsElement} details */
export function openAgain(details) {
  if (!details.open) reopened.add(details);
  details.open = true;
}

// Elements are the same by their place among those of their kind: a block grows at its end.
function readUse(block) {
  const opened = indexes(block, "details", ({ open }) => open);
  const wrapped = indexes(block, "figure", ({ classList }) => classList.contains("wrap"));
  const scrolled = indexes(block, "pre", ({ scrollLeft }) => scrollLeft > 0);
  const [focused] = indexes(block, TARGETS, (element) => element === document.activeElement);
  const places = scrolled.map((index) => block.querySelectorAll("pre")[index].scrollLeft);
  return () => {
    for (const details of pick(block, "details", opened)) openAgain(details);
    for (const figure of pick(block, "figure", wrapped)) figure.classList.add("wrap");
    for (const pre of pick(block, "pre", scrolled)) pre.scrollLeft = places.shift();
    for (const element of pick(block, TARGETS, [focused])) element.focus({ preventScroll: true });
  };
}

function indexes(block, selector, isMeant) {
  const elements = [...block.querySelectorAll(selector)];
  return elements.flatMap((element, index) => (isMeant(element) ? [index] : []));
}

function pick(block, selector, chosen) {
  const elements = block.querySelectorAll(selector);
  return chosen.map((index) => elements[index]).filter(Boolean);
}
