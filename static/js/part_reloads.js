// The parts of the page that load themselves anew: the conversations and the state of the index. What
// the reader is doing in them is not taken away.

import { isPressed, onRelease } from "./pressed.js";

const EVENTS = { rail: "conversations-changed", status: "index-changed" }; // templates listen

const changes = {}; // by the id of a part: how often it was replaced by what the reader did
const changesAtRequest = new WeakMap(); // that number when a part asked for itself

/**
 * Loads a part anew.
 *
 * @param {"rail" | "status"} id
 */
export function reloadPart(id) {
  document.body.dispatchEvent(new Event(EVENTS[id]));
}

/** Whether a reload of the page would close or empty something. @returns {boolean} */
export function isReaderBusy() {
  const searches = [...document.querySelectorAll("input[type=search]")];
  const isTyping = searches.some(({ value }) => value !== "");
  const hasOpened = document.querySelector("details[open], dialog[open]") !== null;
  return isTyping || hasOpened || isPressed();
}

/**
 * Postpones the reload of a part that is in use, and drops a reply from before the reader changed
 * the part.
 *
 * @param {() => void} onRest called after something was closed or let go
 */
export function bindPartReloads(onRest) {
  const { body } = document;
  const catchUp = () => {
    reloadPostponed();
    onRest();
  };
  onRelease(catchUp);
  for (const name of ["toggle", "close", "focusout"]) body.addEventListener(name, catchUp, true);
  body.addEventListener("htmx:beforeRequest", ({ detail }) => {
    changesAtRequest.set(detail.xhr, changes[detail.elt.id]);
  });
  body.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
    if (target.id in EVENTS) checkSwap(target, detail);
  });
  body.addEventListener("htmx:afterSwap", ({ target }) => {
    delete target.dataset.postponed;
  });
}

function checkSwap(part, detail) {
  if (detail.requestConfig.elt !== part) {
    changes[part.id] = (changes[part.id] ?? 0) + 1;
    return;
  }
  const isStale = changesAtRequest.get(detail.xhr) !== changes[part.id];
  if (!isStale && !isInUse(part)) return;
  detail.shouldSwap = false;
  part.dataset.postponed = "";
  if (isStale) setTimeout(reloadPostponed);
}

function reloadPostponed() {
  for (const part of document.querySelectorAll("[data-postponed]")) {
    if (isInUse(part)) continue;
    delete part.dataset.postponed;
    reloadPart(part.id);
  }
}

// A menu, a title half typed or a secret that is shown once is open, conversations are being chosen,
// or a click has begun.
function isInUse(part) {
  const used = "details[open], .rename:not([hidden])";
  return isPressed(part) || "selecting" in part.dataset || part.querySelector(used) !== null;
}
