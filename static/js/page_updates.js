// What the page does when htmx puts parts from the server into it.
import { labelCodeButtons, translate } from "./i18n.js";
import { markCurrentConversation } from "./rail.js";

const FAILURES = ["htmx:sendError", "htmx:responseError", "htmx:timeout"];

/**
 * Follows the events of htmx.
 *
 * @param {import("./scroll_position.js").ScrollPosition} position
 */
export function bindPageUpdates(position) {
  const { body } = document;
  body.addEventListener("htmx:load", ({ detail }) => {
    labelCodeButtons(detail.elt);
    reloadWhenReady();
  });
  body.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
    if (target.matches(".earlier")) position.save();
    postponeWhileInUse(target, detail);
  });
  body.addEventListener("toggle", ({ target }) => reloadPostponed(target), true);
  body.addEventListener("htmx:afterSwap", ({ target }) => {
    delete target.dataset.postponed;
    if (target.id === "rail") markCurrentConversation();
    if (target.id === "dialog") openDialog(target);
    position.restore();
  });
  for (const name of FAILURES) {
    body.addEventListener(name, () => showLoadError(translate("silent")));
  }
  body.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.successful) showLoadError("");
  });
}

const PRINTED = ".sources, .prose details:not(.diagram > details)";

/** Sources and folded text are printed also where the browser does not let a style open them. */
export function bindPrinting() {
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll(PRINTED)].filter((details) => !details.open);
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
}

/**
 * Loads the part of the page anew that shows the conversations, or the state of the index: its
 * template listens.
 *
 * @param {"conversations" | "index"} what has changed
 */
export function reloadPart(what) {
  document.body.dispatchEvent(new Event(`${what}-changed`));
}

// The parts that load themselves anew, by their ids.
const SELF_LOADING = { rail: "conversations", status: "index" };

// A part that loads itself anew must not close what a person has opened in it: a menu, a title half
// typed, a secret that is shown once. It stays as it is and loads when that is closed.
function postponeWhileInUse(part, detail) {
  if (detail.requestConfig.elt !== part || !isInUse(part)) return;
  detail.shouldSwap = false;
  part.dataset.postponed = "";
}

function reloadPostponed(closed) {
  const part = closed.closest("[data-postponed]");
  if (!part || isInUse(part)) return;
  delete part.dataset.postponed;
  reloadPart(SELF_LOADING[part.id]);
}

function isInUse(part) {
  return part.id in SELF_LOADING && part.querySelector("details[open]") !== null;
}

// The dialog that the server filled. A share link ends at the last message on the page.
function openDialog(dialog) {
  const last = dialog.querySelector("[data-part=share-last]");
  const messages = document.querySelectorAll("#thread [data-message]");
  if (last) last.value = [...messages].at(-1)?.dataset.message ?? "";
  if (!dialog.open) dialog.showModal();
  // What had the focus may have been replaced.
  if (!dialog.contains(document.activeElement)) dialog.querySelector("button")?.focus();
}

let wasIndexing = false;

// A repository that becomes ready while its page is open and nothing was asked has more to show: its
// commit, suggested questions.
function reloadWhenReady() {
  if (document.querySelector("#status .dot.working")) wasIndexing = true;
  const isReady = document.querySelector("#status .dot.ready") !== null;
  const question = document.getElementById("question");
  const isUnused = question?.value === "" && !document.querySelector("[data-turn]");
  if (wasIndexing && isReady && isUnused) location.reload();
}

// Tells that a part of the page could not be loaded; an empty text takes that back.
function showLoadError(text) {
  const banner = document.getElementById("load-error");
  banner.textContent = text;
  banner.hidden = !text;
}
