// What opens over the page and closes by itself: `details` of the classes `menu` and `popup`.

const OPEN = ":is(.menu, .popup)[open]";

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
