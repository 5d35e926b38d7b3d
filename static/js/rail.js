// The rail with the list of conversations.
import { siteUrl } from "./urls.js";

const NARROW = "(max-width: 720px)"; // as in static/css/layout.css

const SETTING = "rail"; // a cookie, so that the server renders the rail as it was left
const YEAR_SECONDS = 31_536_000;

/** Shows or hides the rail: beside the column, where that is kept, or over it on a narrow screen. */
export function toggleRail() {
  const frame = document.querySelector("[data-frame]");
  const isNarrow = matchMedia(NARROW).matches;
  const toggled = frame.classList.toggle(isNarrow ? "rail-open" : "rail-closed");
  const isExpanded = toggled === isNarrow;
  if (!isNarrow) keepSetting(isExpanded);
  setExpanded(isExpanded);
}

/**
 * Closes the rail that lies over a narrow screen.
 *
 * @returns {boolean} false when none did
 */
export function closeNarrowRail() {
  const frame = document.querySelector(".frame.rail-open");
  if (!frame || !matchMedia(NARROW).matches) return false;
  frame.classList.remove("rail-open");
  setExpanded(false);
  document.querySelector("[aria-controls=rail-panel]").focus();
  return true;
}

function keepSetting(isExpanded) {
  const value = isExpanded ? "open" : "closed";
  const path = siteUrl("");
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs a secure context
  document.cookie = `${SETTING}=${value}; path=${path}; max-age=${YEAR_SECONDS}; SameSite=Lax`;
}

function setExpanded(isExpanded) {
  for (const button of document.querySelectorAll("[aria-controls=rail-panel]")) {
    button.setAttribute("aria-expanded", String(isExpanded));
  }
}

/** Marks the conversation that is open in the list, which the server sends without that mark. */
export function markCurrentConversation() {
  for (const link of document.querySelectorAll("#rail .item > a")) {
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
  }
}

/** Another list that is asked for comes in place of a search that was typed before it. */
export function bindRailSearch() {
  const search = document.getElementById("search-history");
  if (!search) return;
  let isTyped = false;
  const note = () => {
    isTyped = true;
  };
  for (const name of ["input", "search"]) search.addEventListener(name, note, true); // before htmx
  search.addEventListener("htmx:beforeRequest", (event) => {
    if (!isTyped) event.preventDefault();
  });
  document.getElementById("rail-menu").addEventListener("htmx:beforeRequest", () => {
    isTyped = false;
    htmx.trigger(search, "htmx:abort");
  });
}
