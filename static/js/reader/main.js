// The script of the pages on which code is read.
import { copyText } from "../clipboard.js";
import { isSingleKey } from "../keyboard.js";
import { closeNarrowRail } from "../rail.js";
import { CodePage } from "./code_page.js";
import { closeFinder, openFinder } from "./file_finder.js";
import { FileTree } from "./file_tree.js";

const tree = new FileTree(document.getElementById("tree"));
const page = new CodePage(document.getElementById("code-page"), tree);

const actions = {
  "find-file": openFinder,
  "copy-link": (button) => copyText(button, page.link),
  "copy-permalink": (button) => copyText(button, page.permalink),
  "reload-file": () => page.reload(),
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-action]");
  if (button) actions[button.dataset.action]?.(button);
  if (event.ctrlKey || event.metaKey) return;
  const number = event.target.closest("a.number");
  if (number) {
    event.preventDefault();
    page.chooseLine(Number(number.dataset.line), event.shiftKey);
    return;
  }
  const link = event.target.closest("a");
  if (link && !event.shiftKey && leadsToCode(link)) {
    event.preventDefault();
    closeFinder();
    closeNarrowRail();
    page.follow(link.href);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "t" && isSingleKey(event)) {
    event.preventDefault();
    openFinder();
  }
});

page.open();
tree.restore();

// A link to another file or folder of this repository.
function leadsToCode(link) {
  const root = new URL(page.element.dataset.root, location.href);
  return link.href.startsWith(root.href) && link.target !== "_blank";
}
