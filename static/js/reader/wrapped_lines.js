// Long lines of code: cut off at the edge of their box, which scrolls, or wrapped within it.

const SETTING = "wrap"; // in localStorage: "on" when the reader has lines wrapped

/**
 * Wraps lines or no longer does; the first line in view stays there.
 *
 * @param {import("./code_lines.js").CodeLines | null} lines
 */
export async function toggleWrap(lines) {
  localStorage.setItem(SETTING, isWrapped() ? "off" : "on");
  const line = lines?.topLine;
  showWrap();
  lines?.layOut();
  if (line) await lines.show(line, 0);
}

/** Sets what the page shows to what was chosen. */
export function showWrap() {
  document.body.classList.toggle("wrap-lines", isWrapped());
  for (const button of document.querySelectorAll("[data-action=wrap-lines]")) {
    button.setAttribute("aria-pressed", String(isWrapped()));
  }
}

function isWrapped() {
  return localStorage.getItem(SETTING) === "on";
}
