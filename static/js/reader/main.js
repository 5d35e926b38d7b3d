// The script of the pages on which code is read.
import { isSingleKey } from "../keyboard.js";
import { closeNarrowRail } from "../rail.js";
import { CodeKeys } from "./code_keys.js";
import { CodePage } from "./code_page.js";
import { CodePanel } from "./code_panel.js";
import { closeFinder, openFinder } from "./file_finder.js";
import { fileActions } from "./file_tools.js";
import { FileTree } from "./file_tree.js";
import { FindInFile } from "./find_in_file.js";
import { Names } from "./names.js";
import { closeOutline, markDefinition, showSetting, toggleOutline } from "./outline.js";
import { UpdateNotice } from "./update_notice.js";
import { showWrap } from "./wrapped_lines.js";

const tree = new FileTree(document.getElementById("tree"));
const page = new CodePage(document.getElementById("code-page"), tree, markDefinition);
const panel = new CodePanel(document.getElementById("code-panel"), page);
const names = new Names(page, panel, document.getElementById("name-card"));
const find = new FindInFile(page);
new CodeKeys(page, names);
const notice = new UpdateNotice(document.getElementById("updated"));

const actions = {
  ...fileActions(page, find),
  "find-file": openFinder,
  "reload-file": () => page.reload(),
  "toggle-outline": toggleOutline,
  "go-to-definition": () => names.follow(),
  "show-references": () => names.open("references"),
  "show-callers": () => names.open("callers"),
  "close-panel": () => panel.close(),
  "show-update": () => location.reload(),
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-action]");
  if (button) actions[button.dataset.action]?.(button);
  const link = event.target.closest("a");
  if (link && isPlainClick(event) && leadsToCode(link)) follow(event, link);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "t" && isSingleKey(event)) {
    event.preventDefault();
    openFinder();
  } else if (event.key === "f" && isSingleKey(event)) {
    event.preventDefault();
    find.open();
  } else if (event.key === "/" && isSingleKey(event)) {
    event.preventDefault();
    document.getElementById("search-code").click();
  } else if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
    closeWhatIsOpen();
  }
});

document.body.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.id === "code-page" || target.id === "code-outline") {
    showSetting();
    showWrap();
    markDefinition(page.lines?.topLine ?? 0);
    notice.compare(page.commit);
  }
});

showSetting();
showWrap();
page.open();
tree.restore();

function follow(event, link) {
  event.preventDefault();
  if (link.matches(".number")) {
    page.chooseLine(Number(link.dataset.line), event.shiftKey);
    return;
  }
  closeFinder();
  closeOutline();
  closeNarrowRail();
  page.follow(link.href);
}

// One thing at a time.
function closeWhatIsOpen() {
  if (!names.closeCard() && !find.close() && !closeOutline()) panel.close();
}

// Not one that opens a tab; with Shift a number chooses lines.
function isPlainClick(event) {
  const isNumber = event.target.closest("a.number");
  return !(event.ctrlKey || event.metaKey || (event.shiftKey && !isNumber));
}

// A link to another file or folder of this repository, or to lines.
function leadsToCode(link) {
  const root = new URL(page.element.dataset.root, location.href);
  return link.href.startsWith(root.href) && link.target !== "_blank";
}
