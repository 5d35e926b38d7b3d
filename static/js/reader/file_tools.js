// What can be done with a file that is shown: copy its addresses, wrap its lines, find text in it.
import { copyText } from "../clipboard.js";
import { toggleWrap } from "./wrapped_lines.js";

/**
 * By the data-action of their buttons.
 *
 * @param {import("./code_page.js").CodePage | import("../pane_code.js").PaneCode} page
 * @param {import("./find_in_file.js").FindInFile} find
 * @returns {Record<string, (button: HTMLElement) => void>}
 */
export function fileActions(page, find) {
  return {
    "copy-link": (button) => copyText(button, page.link),
    "copy-permalink": (button) => copyText(button, page.permalink),
    "wrap-lines": () => toggleWrap(page.lines),
    "find-in-file": () => find.open(),
    "find-next": () => find.step(1),
    "find-previous": () => find.step(-1),
    "close-find": () => find.close(),
  };
}
