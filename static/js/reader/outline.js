// The outline of a file: shown or hidden, and which definition of it is in view.

const SETTING = "outline"; // in localStorage: "off" when the reader has closed it
const NARROW = "(max-width: 1100px)"; // as in static/css/reader.css

/** Shows the outline or hides it. */
export function toggleOutline() {
  const isNarrow = matchMedia(NARROW).matches;
  const isShown = isNarrow ? document.body.classList.toggle("outline-open") : !isKept();
  if (!isNarrow) localStorage.setItem(SETTING, isShown ? "on" : "off");
  showSetting();
}

/** Closes an outline that lies over the file. @returns {boolean} false when none did */
export function closeOutline() {
  if (!matchMedia(NARROW).matches || !document.body.classList.contains("outline-open"))
    return false;
  document.body.classList.remove("outline-open");
  showSetting();
  return true;
}

/** Sets what the page shows to what was chosen. */
export function showSetting() {
  document.body.classList.toggle("outline-closed", !isKept());
  const isNarrow = matchMedia(NARROW).matches;
  const isShown = isNarrow ? document.body.classList.contains("outline-open") : isKept();
  for (const button of document.querySelectorAll("[data-action=toggle-outline]")) {
    button.setAttribute("aria-expanded", String(isShown));
  }
}

/**
 * Marks the innermost definition that holds a line.
 *
 * @param {number} line
 */
export function markDefinition(line) {
  let current = null;
  for (const link of document.querySelectorAll("#code-outline a")) {
    link.removeAttribute("aria-current");
    if (Number(link.dataset.start) <= line && line <= Number(link.dataset.end)) current = link;
  }
  current?.setAttribute("aria-current", "location");
  current?.scrollIntoView({ block: "nearest" });
}

function isKept() {
  return localStorage.getItem(SETTING) !== "off";
}
