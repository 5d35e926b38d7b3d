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
  bindArrowKeys(searched, field.id, "a");
  searched.addEventListener("keydown", (event) => {
    const links = [...searched.querySelectorAll("a")];
    if (event.key === "Enter" && !links.includes(document.activeElement) && links.length > 0) {
      event.preventDefault();
      links[0].click();
    }
  });
}

/**
 * Lets the arrow keys go from a field to what was found, and back.
 *
 * @param {HTMLElement} area holds both; the field may be replaced
 * @param {string} field its id
 * @param {string} found a selector of what can be chosen
 */
export function bindArrowKeys(area, field, found) {
  area.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !(event.target.id === field || event.target.matches(found))) return;
    event.preventDefault();
    const choices = [...area.querySelectorAll(found)];
    const next = choices[choices.indexOf(document.activeElement) + step];
    (next ?? document.getElementById(field)).focus();
  });
}

const home = document.querySelector(".home");
if (home) bindArrowKeys(home, "repo-url", "#choices a, #choices .addition");
if (dialog) bindChoices(dialog, input);
