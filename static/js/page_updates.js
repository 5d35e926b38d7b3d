// What the page does when htmx puts parts from the server into it.
import { bindEarlierTurns } from "./earlier_turns.js";
import { labelCodeButtons, translate } from "./i18n.js";
import { bindPartReloads, isReaderBusy } from "./part_reloads.js";
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
  bindEarlierTurns(position);
  bindPartReloads(reloadWhenReady);
  body.addEventListener("htmx:afterSwap", ({ target }) => {
    if (target.id === "rail") markCurrentConversation();
    if (target.id === "dialog") openDialog(target);
  });
  for (const name of FAILURES) {
    body.addEventListener(name, () => showLoadError(translate("silent")));
  }
  body.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.successful) showLoadError("");
  });
}

const PRINTED = ".sources, .source-group, .prose details:not(.diagram > details)";

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
  if (wasIndexing && isReady && isUnused && !isReaderBusy()) location.reload();
}

/**
 * Tells that a part of the page could not be loaded; an empty text takes that back.
 *
 * @param {string} text
 */
export function showLoadError(text) {
  const banner = document.getElementById("load-error");
  banner.textContent = text;
  banner.hidden = !text;
}
