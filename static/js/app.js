// Everything a page does by itself: small actions by data-action, the keyboard, and, where there is a composer, asking.
import { Conversation } from "./conversation.js";
import { Pane } from "./pane.js";
import { name, say } from "./words.js";

const pane = document.getElementById("pane") ? new Pane(document.getElementById("pane"), document.getElementById("thread")) : null;
const scroller = document.getElementById("main");

const actions = {
  "toggle-rail": () => {
    const frame = document.querySelector("[data-frame]");
    const narrow = matchMedia("(max-width: 720px)").matches;
    const toggled = frame.classList.toggle(narrow ? "rail-open" : "rail-closed");
    for (const button of document.querySelectorAll("[aria-controls=rail-panel]")) button.setAttribute("aria-expanded", String(toggled === narrow));
  },
  "close-pane": () => pane?.close(),
  "next-source": () => pane?.step(1),
  "previous-source": () => pane?.step(-1),
  "copy-text": (button) => copy(button, button.dataset.text),
  copy: (button) => copy(button, button.closest("figure").querySelector("code").textContent),
  wrap: (button) => button.closest("figure").classList.toggle("wrap"),
  "copy-answer": (button) => copy(button, button.closest(".answer").querySelector("[data-part=body]").innerText),
  latest: () => scroller.scrollTo({ top: scroller.scrollHeight }),
  keys: (box) => localStorage.setItem("keys", box.checked ? "on" : "off"),
  help: () => document.getElementById("help").showModal(),
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-action]");
  if (button && actions[button.dataset.action]) actions[button.dataset.action](button);
  const cite = event.target.closest("a.cite");
  if (cite && pane && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    pane.open(cite);
  }
  if (event.target instanceof HTMLDialogElement) event.target.close(); // outside of what it shows
  for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// What the server put into the shared dialog is shown; a share link knows which branch is on the page.
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "rail") mark();
  if (event.target.id !== "dialog") return;
  const last = event.target.querySelector("[data-part=share-last]");
  if (last) last.value = [...document.querySelectorAll("#thread [data-message]")].at(-1)?.dataset.message ?? "";
  if (!event.target.open) event.target.showModal();
});

// The list is the server's; which of it is open, the page knows.
function mark() {
  for (const link of document.querySelectorAll("#rail .item > a")) {
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
  }
}

// A repository that becomes ready while its page is open and empty has more to offer: its commit, questions to begin with.
let working = false;
document.body.addEventListener("htmx:load", () => {
  if (document.querySelector("#status .dot.working")) working = true;
  const empty = !document.querySelector("[data-turn]") && document.getElementById("question")?.value === "";
  if (working && empty && document.querySelector("#status .dot.ready")) location.reload();
});

// Earlier turns come in above: what is being read stays where it is.
let below = null;
document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.matches(".earlier")) below = scroller.scrollHeight - scroller.scrollTop;
});
document.body.addEventListener("htmx:afterSwap", () => {
  if (below !== null) scroller.scrollTop = scroller.scrollHeight - below;
  below = null;
});

// A part of the page that could not be loaded says so, instead of nothing.
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.body.addEventListener(name, () => trouble(say("silent")));
}
document.body.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) trouble(""); });
function trouble(words) {
  const place = document.getElementById("trouble");
  place.textContent = words;
  place.hidden = !words;
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && document.getElementById("switcher")) {
    event.preventDefault();
    openSwitcher();
    return;
  }
  const menu = event.key === "Escape" && document.querySelector(".menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopImmediatePropagation();
    return;
  }
  if (event.key === "Escape" && !document.querySelector("dialog[open]") && pane?.close()) {
    event.stopImmediatePropagation(); // one thing at a time: the answer goes on
    return;
  }
  if (localStorage.getItem("keys") === "off") return;
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const keys = {
    "/": () => document.getElementById("question")?.focus(),
    "?": () => document.getElementById("help")?.showModal(),
    j: () => turn(1),
    k: () => turn(-1),
    o: () => pane?.openFirst(document.activeElement?.closest(".answer") ?? [...document.querySelectorAll(".answer")].at(-1)),
    n: () => pane?.step(1),
    p: () => pane?.step(-1),
  };
  if (keys[event.key]) {
    event.preventDefault();
    keys[event.key]();
  }
});

function openSwitcher() {
  const dialog = document.getElementById("switcher");
  if (dialog.open) { dialog.close(); return; }
  dialog.showModal();
  const input = document.getElementById("switch-input");
  input.value = "";
  input.focus();
  htmx.trigger(input, "opened");
}
document.getElementById("switcher")?.addEventListener("keydown", (event) => {
  if (!["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
  const links = [...event.currentTarget.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  if (event.key === "Enter") {
    if (at < 0 && links.length) { event.preventDefault(); location.assign(links[0].href); }
    return;
  }
  event.preventDefault();
  (links[at + (event.key === "ArrowDown" ? 1 : -1)] ?? document.getElementById("switch-input")).focus();
});

// From one question or answer to the next.
function turn(step) {
  const turns = [...document.querySelectorAll("[data-turn]")];
  if (!turns.length) return;
  const at = turns.indexOf(document.activeElement?.closest("[data-turn]"));
  const next = at < 0 ? (step > 0 ? 0 : turns.length - 1) : Math.min(turns.length - 1, Math.max(0, at + step));
  turns[next].focus();
  turns[next].scrollIntoView({ block: "start" });
}

async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const place = document.createElement("textarea"); // without https there is no clipboard
    place.value = text;
    button.after(place);
    place.select();
    document.execCommand("copy");
    place.remove();
  }
  const before = button.textContent;
  button.textContent = say("copied");
  setTimeout(() => { button.textContent = before; }, 1500);
}

name(document);
document.body.addEventListener("htmx:load", (event) => name(event.detail.elt));
const keys = document.querySelector("[data-action=keys]");
if (keys) keys.checked = localStorage.getItem("keys") !== "off";
if (document.getElementById("composer")) new Conversation(scroller, pane);
