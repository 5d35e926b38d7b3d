// Links to one answer: `?at=` names its branch, the fragment the answer itself.
import { copyText } from "./clipboard.js";
import { loadEarlier } from "./earlier_turns.js";
import { siteUrl } from "./urls.js";

const FRAGMENT = /^#turn-([\da-f-]{36})$/;
const MOST_PAGES = 50; // of earlier turns that are loaded to reach one

/**
 * Copies the address of an answer.
 *
 * @param {HTMLElement} button
 * @param {string} conversation its id
 */
export function copyTurnLink(button, conversation) {
  const { message } = button.closest(".answer").dataset;
  const path = siteUrl(`c/${conversation}/?at=${message}#turn-${message}`);
  copyText(button, new URL(path, location.href).href);
}

/**
 * Brings the turn that the address names into view. Earlier turns are loaded until it is there.
 *
 * @param {HTMLElement} thread
 * @param {import("./scroll_position.js").ScrollPosition} position
 */
export async function showLinkedTurn(thread, position) {
  const [, id] = FRAGMENT.exec(location.hash) ?? [];
  if (!id) return;
  for (let page = 0; page < MOST_PAGES && !findTurn(thread, id); page++) {
    if (!(await loadEarlier(thread))) return;
  }
  const turn = findTurn(thread, id);
  if (!turn) return;
  for (const former of thread.querySelectorAll("[data-linked]")) delete former.dataset.linked;
  turn.dataset.linked = "";
  turn.focus({ preventScroll: true });
  position.standAt(turn);
}

function findTurn(thread, id) {
  return thread.querySelector(`[data-message="${id}"]`);
}
