// What opens over the page and closes by itself: `details` of the classes `menu` and `popup`.

const OPEN = ":is(.menu, .popup)[open]";
const MARGIN = 14; // between what opens above the composer and the header

/** What opens above the composer gets no higher than there is room. */
export function bindPopups() {
  const field = document.getElementById("question");
  const fit = () => fitAbove(field.closest(".box"));
  field?.addEventListener("focus", fit);
  document.addEventListener(
    "toggle",
    ({ target }) => target.open && target.matches?.(".composer .popup") && fit(),
    true,
  );
}

function fitAbove(box) {
  const page = box.closest("main").getBoundingClientRect();
  const room = box.getBoundingClientRect().top - page.top - MARGIN;
  box.style.setProperty("--room", `${Math.round(room)}px`);
}

/**
 * Closes those that are open, except those that hold a place.
 *
 * @param {EventTarget[]} path of a click; its target may be gone from the page meanwhile
 */
export function closePopups(path = []) {
  for (const popup of document.querySelectorAll(OPEN)) {
    if (!path.includes(popup)) popup.open = false;
  }
}

/** Closes the one that is open, and focuses what opened it. @returns {boolean} whether one was */
export function closeOpenPopup() {
  const popup = document.querySelector(OPEN);
  if (!popup) return false;
  popup.open = false;
  popup.querySelector("summary").focus();
  return true;
}
