// Names for those of the admin's widgets that Django gives none: the two fields of a date with a time, a choice
// that is searched, and the icon of such a list. Its own scripts make these when the page is loaded.

function nameDateFields() {
  for (const field of document.querySelectorAll(".datetime input:not([aria-label])")) {
    const row = field.closest(".flex-container")?.querySelector("label")?.textContent.trim() ?? "";
    const part = field.previousSibling?.textContent.trim() ?? "";
    field.setAttribute("aria-label", `${row} ${part}`.trim());
  }
}

function nameChoices() {
  for (const shown of document.querySelectorAll(".select2-selection__rendered")) {
    const label = shown.closest(".select2")?.previousElementSibling?.labels?.[0];
    if (label) {
      shown.setAttribute("aria-label", label.textContent.trim());
    }
  }
}

function markIcons() {
  for (const icon of document.querySelectorAll(".search-label-icon")) {
    icon.setAttribute("role", "img");
  }
}

// In jQuery's own order: its calls for a page that is ready may come after the page's load.
window.django?.jQuery?.(nameChoices);
window.addEventListener("load", () => {
  nameDateFields();
  markIcons();
});
