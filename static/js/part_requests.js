// Parts of the page that scripts fill from the server. Each has requests of its own: htmx keeps one
// queue an element, and lets only the last of those that wait in it through.

import { isPressed, onRelease } from "./pressed.js";

const requests = new Map(); // by part, the one under way
const kept = new WeakSet(); // parts that a click kept from being replaced
const released = []; // called back after the click

/**
 * Fills a part, or replaces it with swap "outerHTML". A request of the same part that is under way
 * is given up. What comes while a click has begun in the part is asked for again after it.
 *
 * @param {HTMLElement} part
 * @param {string} url
 * @param {{swap?: "innerHTML" | "outerHTML"}} [options]
 * @returns {Promise<boolean>} false if the server could not be reached, or another request of the
 *   part followed
 */
export async function loadPart(part, url, { swap = "innerHTML" } = {}) {
  htmx.trigger(part, "htmx:abort");
  const request = {};
  requests.set(part, request);
  try {
    await htmx.ajax("GET", url, { source: part, target: part, swap });
  } catch {
    return false; // page_updates.js says that a part could not be loaded
  } finally {
    if (requests.get(part) === request) requests.delete(part);
  }
  if (!kept.delete(part)) return true;
  await new Promise((resolve) => released.push(resolve));
  return loadPart(part, url, { swap });
}

onRelease(() => {
  for (const resolve of released.splice(0)) resolve();
});

document.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
  if (!requests.has(target) || !isPressed(target)) return;
  detail.shouldSwap = false;
  kept.add(target);
});
