// The script of the wiki's pages: the section that is read is marked in the contents; keys go on to other pages.
import { handQuestionTo } from "../handed_question.js";
import { isSingleKey } from "../keyboard.js";
import { toggleRail } from "../rail.js";

const main = document.getElementById("main");
const headings = [...document.querySelectorAll(".prose :is(h3, h4, h5)[id]")];
const TOP = 96; // pixels below the top of the column: a heading above is being read

const keys = {
  "[": () => document.querySelector(".neighbours [rel=prev]")?.click(),
  "]": () => document.querySelector(".neighbours [rel=next]")?.click(),
  "/": focusSearch,
};

document.addEventListener("keydown", (event) => {
  const action = keys[event.key];
  if (!action || !isSingleKey(event)) return;
  event.preventDefault();
  action();
});

const asking = document.getElementById("ask-here");

// A question goes to the repository's page, where it is asked; one that is typed says what page it is about.
asking?.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = asking.elements.question.value.trim();
  if (text) ask(`${text}\n\n${asking.dataset.about}`);
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-action=ask-page]");
  if (button) ask(button.dataset.question);
});

// What is selected on the page is quoted when a comment on it is begun.
const quote = document.querySelector("[data-quotes] [name=quote]");
const QUOTE_CHARS = 1000;
let selected = "";

document.addEventListener("selectionchange", () => {
  const selection = document.getSelection();
  const place = selection.anchorNode?.parentElement;
  if (!selection.isCollapsed && place?.closest(".prose")) selected = selection.toString();
});

quote?.closest("details").addEventListener("toggle", ({ target }) => {
  if (target.open && selected && !quote.value) quote.value = selected.trim().slice(0, QUOTE_CHARS);
});

function ask(text) {
  handQuestionTo(asking.action, text);
  location.assign(asking.action);
}

function focusSearch() {
  const field = document.getElementById("wiki-query");
  if (!field?.checkVisibility({ visibilityProperty: true })) toggleRail();
  field?.focus();
}

let marked = null;

function markSection() {
  const top = main.getBoundingClientRect().top + TOP;
  const isAbove = (element) => element.getBoundingClientRect().top <= top;
  const heading = headings.findLast(isAbove) ?? headings[0];
  if (!heading || heading === marked) return;
  marked = heading;
  for (const link of document.querySelectorAll(".contents a")) {
    if (link.hash === `#${encodeURIComponent(heading.id)}` || link.hash === `#${heading.id}`)
      link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

main.addEventListener("scroll", markSection, { passive: true });
markSection();
document.querySelector("#wiki-tree [aria-current]")?.scrollIntoView({ block: "nearest" });
