// The finder of files (t): a dialog that searches paths by a few of their characters.
import { bindChoices } from "../quick_switcher.js";

const dialog = document.getElementById("finder");
const input = document.getElementById("finder-input");

/** Opens the finder. */
export function openFinder() {
  dialog.showModal();
  input.value = "";
  input.focus();
  htmx.trigger(input, "opened");
}

/** Closes the finder when a file of it was chosen. */
export function closeFinder() {
  if (dialog.open) dialog.close();
}

bindChoices(dialog, input);
