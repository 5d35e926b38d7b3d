// The quick switcher (Ctrl/⌘ K): a dialog that searches repositories and conversations.

const dialog = document.getElementById("switcher");
const input = document.getElementById("switch-input");

/** Whether the page has a quick switcher. */
export const hasQuickSwitcher = dialog !== null;

/** Opens the quick switcher, or closes it when it is open. */
export function toggleQuickSwitcher() {
  if (dialog.open) {
    dialog.close();
    return;
  }
  dialog.showModal();
  input.value = "";
  input.focus();
  htmx.trigger(input, "opened");
}

/**
 * Lets the arrow keys and Enter choose from the links of a dialog that searches.
 *
 * @param {HTMLDialogElement} searched
 * @param {HTMLInputElement} field
 */
export function bindChoices(searched, field) {
  searched.addEventListener("keydown", (event) => {
    const links = [...searched.querySelectorAll("a")];
    const focused = links.indexOf(document.activeElement);
    if (event.key === "Enter" && focused < 0 && links.length > 0) {
      event.preventDefault();
      links[0].click();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      (links[focused + step] ?? field).focus();
    }
  });
}

if (dialog) bindChoices(dialog, input);
