// What the buttons and links of the source pane do.
import { opensHere } from "./pressed.js";
import { fileActions } from "./reader/file_tools.js";

/**
 * By the data-action of the buttons.
 *
 * @param {import("./source_pane.js").SourcePane} pane
 * @returns {Record<string, (button: HTMLElement) => void>}
 */
export function paneActions(pane) {
  return {
    "close-pane": () => pane.close(),
    "next-source": () => pane.step(1),
    "previous-source": () => pane.step(-1),
    "pane-back": () => pane.back(),
    "pane-forward": () => pane.forward(),
    "go-to-definition": () => pane.names.follow(),
    "show-references": () => pane.names.open("references"),
    "show-callers": () => pane.names.open("callers"),
    "close-panel": () => pane.panel.close(),
    ...fileActions(pane.code, pane.find),
  };
}

/**
 * Follows a click on a link to a file in the pane or its dialog; the number of a line marks it.
 *
 * @param {import("./source_pane.js").SourcePane} pane
 * @param {HTMLAnchorElement} link
 * @param {MouseEvent} event
 */
export function followLink(pane, link, event) {
  if (link.matches(".number")) {
    event.preventDefault();
    pane.code.chooseLine(Number(link.dataset.line), event.shiftKey);
  } else if (pane.code.leadsToCode(link) && opensHere(event)) {
    event.preventDefault();
    link.closest("dialog")?.close();
    pane.names.goTo(link.href);
  }
}
