// Earlier turns of a long conversation. They are put into the page a few at a time, so that it answers
// its reader in between.

const SLICE_MS = 25; // of work at a stretch
const insertions = new WeakMap(); // by the place of earlier turns, the work that puts them there

/**
 * Puts the turns that htmx has loaded in their place, and keeps what is read where it is.
 *
 * @param {import("./scroll_position.js").ScrollPosition} position
 */
export function bindEarlierTurns(position) {
  document.body.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
    if (!target.matches(".earlier")) return;
    detail.shouldSwap = false;
    if (insertions.has(target)) return;
    insertions.set(target, insert(target, detail.serverResponse, position));
  });
}

/**
 * Loads the turns before those on the page.
 *
 * @param {HTMLElement} thread
 * @returns {Promise<boolean>} whether there were any
 */
export async function loadEarlier(thread) {
  const place = thread.querySelector(".earlier");
  if (!place) return false;
  const button = place.querySelector("button");
  const request = { source: button, target: place, swap: "outerHTML" };
  await htmx.ajax("GET", button.getAttribute("hx-get"), request);
  await insertions.get(place);
  return !place.isConnected;
}

// The last comes first: all that stands above it moves it no more.
async function insert(place, html, position) {
  const turns = [...new DOMParser().parseFromString(html, "text/html").body.children];
  place.setAttribute("aria-busy", "true");
  let began = performance.now();
  for (const turn of turns.reverse()) {
    if (performance.now() - began > SLICE_MS) {
      await nextTask();
      began = performance.now();
    }
    if (!place.isConnected) return; // another version is shown
    position.save();
    place.after(turn);
    htmx.process(turn);
    htmx.trigger(turn, "htmx:load");
    position.restore();
  }
  position.save();
  place.remove();
  position.restore();
}

function nextTask() {
  return globalThis.scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve));
}
