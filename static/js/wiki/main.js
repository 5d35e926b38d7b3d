// The script of the wiki's pages: the section that is read is marked in the contents; keys go on to other pages.
import { isSingleKey } from "../keyboard.js";

const main = document.getElementById("main");
const headings = [...document.querySelectorAll(".prose :is(h3, h4, h5)[id]")];
const TOP = 96; // pixels below the top of the column: a heading above is being read

const keys = {
  "[": () => document.querySelector(".neighbours [rel=prev]")?.click(),
  "]": () => document.querySelector(".neighbours [rel=next]")?.click(),
};

document.addEventListener("keydown", (event) => {
  const action = keys[event.key];
  if (!action || !isSingleKey(event)) return;
  event.preventDefault();
  action();
});

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
