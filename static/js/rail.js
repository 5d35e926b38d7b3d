// The rail with the list of conversations.

const NARROW = "(max-width: 720px)"; // as in static/css/layout.css

/** Shows or hides the rail: beside the column, or over it on a narrow screen. */
export function toggleRail() {
  const frame = document.querySelector("[data-frame]");
  const isNarrow = matchMedia(NARROW).matches;
  const toggled = frame.classList.toggle(isNarrow ? "rail-open" : "rail-closed");
  const isExpanded = toggled === isNarrow;
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
