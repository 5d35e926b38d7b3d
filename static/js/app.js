// Everything a page does by itself: small actions by data-action, and, where there is a composer, asking.
import { Conversation } from "./conversation.js";

const actions = {
  "toggle-rail": () => {
    const frame = document.querySelector("[data-frame]");
    frame.classList.toggle(matchMedia("(max-width: 720px)").matches ? "rail-open" : "rail-closed");
  },
  "close-pane": () => closePane(),
  "copy-text": (button) => copy(button, button.dataset.text),
  copy: (button) => copy(button, button.closest("figure").querySelector("code").textContent),
  wrap: (button) => button.closest("figure").classList.toggle("wrap"),
  "copy-answer": (button) => copy(button, button.closest(".answer").querySelector("[data-part=body]").innerText),
  latest: () => scroller().scrollTo({ top: scroller().scrollHeight }),
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-action]");
  if (button && actions[button.dataset.action]) actions[button.dataset.action](button);
  const cite = event.target.closest("a.cite");
  if (cite) {
    event.preventDefault();
    openSource(cite);
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closePane();
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "/" && !typing && document.getElementById("question")) {
    event.preventDefault();
    document.getElementById("question").focus();
  }
});

async function copy(button, text) {
  await navigator.clipboard.writeText(text);
  const before = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = before; }, 1500);
}

let opener = null;
async function openSource(cite) {
  const pane = document.getElementById("pane");
  const thread = document.getElementById("thread");
  if (!pane || !thread) return;
  opener = cite;
  const query = new URLSearchParams({ path: cite.dataset.path, start: cite.dataset.start, end: cite.dataset.end });
  pane.hidden = false;
  try {
    await htmx.ajax("GET", `${thread.dataset.sourceUrl}?${query}`, { target: pane, swap: "innerHTML" });
  } finally {
    const source = pane.querySelector(".source");
    const marked = pane.querySelector(".marked");
    if (source && marked) source.scrollTop = marked.offsetTop - source.offsetTop - source.clientHeight / 4;
    pane.querySelector(".source, button")?.focus({ preventScroll: true });
  }
}

function closePane() {
  const pane = document.getElementById("pane");
  if (!pane || pane.hidden) return;
  pane.hidden = true;
  opener?.focus();
}

function scroller() {
  return document.getElementById("main");
}

if (document.getElementById("composer")) new Conversation(scroller());
