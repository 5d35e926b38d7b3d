// Copying to the clipboard.
import { translate } from "./i18n.js";

const CONFIRMATION_MS = 1500;

/**
 * Copies a text; the button says so for a moment.
 *
 * @param {HTMLElement} button
 * @param {string} text
 */
export async function copyText(button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copySelection(button, text); // navigator.clipboard exists in secure contexts only
  }
  const label = button.textContent;
  button.textContent = translate("copied");
  setTimeout(() => {
    button.textContent = label;
  }, CONFIRMATION_MS);
}

function copySelection(button, text) {
  const field = document.createElement("textarea");
  field.value = text;
  button.after(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}
