// The keyboard shortcuts that the help dialog lists.
import { closeOpenPopup } from "./popups.js";
import { hasQuickSwitcher, toggleQuickSwitcher } from "./quick_switcher.js";
import { quoteSelection } from "./quoting.js";
import { closeNarrowRail } from "./rail.js";
import { stepVersion } from "./versions.js";

const SETTING = "keys"; // in localStorage; "off" when the reader switched single keys off

/**
 * Binds the shortcuts of a page.
 *
 * @param {{sources: import("./pane_loader.js").PaneLoader | null,
 *   thread: import("./thread.js").Thread | null}} parts
 */
export function bindKeyboard({ sources, thread }) {
  const singleKeys = {
    "/": () => document.querySelector("#question, #code-query, #wiki-query, #repo-url")?.focus(),
    "?": () => document.getElementById("help")?.showModal(),
    j: () => focusTurn(1),
    k: () => focusTurn(-1),
    o: () => sources?.openFirst(currentAnswer()),
    n: () => sources?.pane?.step(1),
    p: () => sources?.pane?.step(-1),
    f: () => sources?.pane?.find.open(),
    t: () => sources?.element.querySelector("[data-action=find-file]")?.click(),
    q: quoteSelection,
    "[": () => stepVersion(-1, thread),
    "]": () => stepVersion(1, thread),
  };
  document.addEventListener("keydown", (event) => {
    if (isSwitcherShortcut(event)) {
      event.preventDefault();
      toggleQuickSwitcher();
    } else if (event.key === "Escape") {
      closeOrStop(sources, thread);
    } else if (singleKeys[event.key] && isSingleKey(event)) {
      event.preventDefault();
      singleKeys[event.key]();
    }
  });
  bindSetting();
}

/**
 * Stores whether single keys work.
 *
 * @param {boolean} enabled
 */
export function enableSingleKeys(enabled) {
  localStorage.setItem(SETTING, enabled ? "on" : "off");
}

function bindSetting() {
  const checkbox = document.querySelector("[data-action=keys]");
  if (checkbox) checkbox.checked = localStorage.getItem(SETTING) !== "off";
}

function isSwitcherShortcut(event) {
  return (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && hasQuickSwitcher;
}

/**
 * Whether a key that is pressed alone is a shortcut here: not in fields, nor under a dialog.
 *
 * @param {KeyboardEvent} event
 * @returns {boolean}
 */
export function isSingleKey(event) {
  if (localStorage.getItem(SETTING) === "off") return false;
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (document.querySelector("dialog[open]")) return false;
  return !event.target.closest("input, textarea, select, [contenteditable]");
}

// One thing at a time: an open menu, else the rail over a phone, else the source pane, else the running answer. The browser
// itself closes an open dialog.
function closeOrStop(sources, thread) {
  if (closeOpenPopup()) return;
  if (document.querySelector("dialog[open]") || closeNarrowRail()) return;
  if (sources?.pane?.closeTop()) return;
  thread?.stop();
}

function currentAnswer() {
  const focused = document.activeElement?.closest(".answer");
  return focused ?? [...document.querySelectorAll(".answer")].at(-1);
}

// Moves the focus to the next or the previous question or answer.
function focusTurn(step) {
  const turns = [...document.querySelectorAll("[data-turn]")];
  if (turns.length === 0) return;
  const last = turns.length - 1;
  const focused = turns.indexOf(document.activeElement?.closest("[data-turn]"));
  let next = Math.min(last, Math.max(0, focused + step));
  if (focused < 0 && step < 0) next = last;
  turns[next].focus();
  turns[next].scrollIntoView({ block: "start" });
}
