// The conversations of the rail: renaming one in place, selecting several.
import { plural } from "./i18n.js";

/**
 * Turns the title of a conversation into a field. Enter and leaving the field keep what was typed,
 * Escape does not.
 *
 * @param {HTMLElement} button in its menu
 */
export function renameConversation(button) {
  const item = button.closest(".item");
  const form = item.querySelector(".rename");
  const field = form.querySelector("input");
  show(item, true);
  field.value = field.defaultValue;
  field.focus();
  field.select();
}

/** Shows boxes with which conversations are chosen. */
export function beginSelection() {
  rail().dataset.selecting = "";
  document.getElementById("rail-selection").hidden = false;
  showCount();
  document.querySelector("#rail .pick")?.focus();
}

/** Hides the boxes, and forgets what was chosen. */
export function endSelection() {
  delete rail().dataset.selecting;
  document.getElementById("rail-selection").hidden = true;
  for (const box of document.querySelectorAll("#rail .pick")) box.checked = false;
  document.getElementById("rail-menu-button").focus();
}

/** Follows what is typed into titles and chosen in boxes. */
export function bindRailItems() {
  const panel = rail()?.closest("#rail-panel");
  if (!panel) return; // a tree of files stands there, or a sample of the list without its panel
  panel.addEventListener("change", ({ target }) => target.matches(".pick") && showCount());
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (event.target.matches(".rename input")) cancelRename(event);
    else if ("selecting" in rail().dataset && !event.target.closest(".menu")) {
      event.stopPropagation();
      endSelection();
    }
  });
  panel.addEventListener("submit", ({ target }) => {
    target.dataset.sent = "";
  });
  panel.addEventListener("focusout", ({ target }) => {
    if (!target.matches(".rename input")) return;
    const { form } = target;
    if (!form.hidden && !("sent" in form.dataset)) leaveRename(target);
  });
  panel.addEventListener("click", (event) => {
    const link = event.target.closest("#rail[data-selecting] .item > a");
    if (!link) return;
    event.preventDefault();
    link.parentElement.querySelector(".pick").click();
  });
  panel.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.requestConfig.elt.closest("#rail-selection")) endSelection();
    else if ("selecting" in rail().dataset) showCount();
    keepFocus(detail.requestConfig.elt.closest(".item"));
  });
}

// The list is another one: who changed a conversation by keys goes on at its menu, or at Undo where it is gone.
function keepFocus(formerItem) {
  const menu = formerItem?.querySelector("summary");
  if (!menu || document.activeElement !== document.body) return;
  const undo = document.querySelector("#rail-panel [id^=undo-] [type=submit]");
  (document.getElementById(menu.id) ?? undo)?.focus();
}

function rail() {
  return document.getElementById("rail");
}

function show(item, isRenaming) {
  item.querySelector(".rename").hidden = !isRenaming;
  item.querySelector(":scope > a").hidden = isRenaming;
}

function cancelRename(event) {
  event.stopPropagation(); // the answer goes on
  const item = event.target.closest(".item");
  show(item, false);
  item.querySelector("summary").focus();
}

function leaveRename(field) {
  const isChanged = field.value.trim() && field.value !== field.defaultValue;
  if (isChanged) htmx.trigger(field.form, "submit");
  else show(field.closest(".item"), false);
}

function showCount() {
  const count = document.querySelectorAll("#rail .pick:checked").length;
  const bar = document.getElementById("rail-selection");
  document.getElementById("rail-selected").textContent = plural("selected", count);
  for (const button of bar.querySelectorAll("[hx-post]")) button.disabled = count === 0;
}
