// Copying to the clipboard.
import { translate } from "./i18n.js";
import { siteUrl } from "./urls.js";

const CONFIRMATION_MS = 1500;
const FAILURE_MS = 4000;

/**
 * Copies a text; the button says for a moment whether that worked.
 *
 * @param {HTMLElement} button
 * @param {string} text
 */
export async function copyText(button, text) {
  const isCopied = await writeText(button, text);
  confirm(button, translate(isCopied ? "copied" : "notCopied"), isCopied);
}

/**
 * Copies the Markdown of an answer, as the server stored it.
 *
 * @param {HTMLElement} button
 * @param {HTMLElement} answer
 */
export async function copyAnswer(button, answer) {
  const response = await fetch(siteUrl(`m/${answer.dataset.message}/content.md`)).catch(() => null);
  if (response?.ok) await copyText(button, await response.text());
  else confirm(button, translate("silent"), false);
}

// The browser may refuse it, and navigator.clipboard exists in secure contexts only.
async function writeText(button, text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelection(button, text);
  }
}

function copySelection(button, text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "hidden";
  button.after(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  button.focus({ preventScroll: true });
  return isCopied;
}

function confirm(button, text, isCopied) {
  const label = button.querySelector("[data-part=label]") ?? button;
  button.dataset.label ??= label.textContent;
  button.dataset.confirmed = "";
  label.textContent = text;
  clearTimeout(Number(button.dataset.timeout));
  const restore = () => {
    label.textContent = button.dataset.label;
    delete button.dataset.confirmed;
  };
  button.dataset.timeout = setTimeout(restore, isCopied ? CONFIRMATION_MS : FAILURE_MS);
}
