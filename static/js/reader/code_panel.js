// The panel below a file: definitions to choose from, uses of a name, its callers.
import { loadPart } from "../part_requests.js";

export class CodePanel {
  /**
   * @param {HTMLElement} element
   * @param {import("./code_page.js").CodePage | import("../pane_code.js").PaneCode} page
   */
  constructor(element, page) {
    this.element = element;
    this.page = page;
    element.addEventListener("keydown", (event) => this.move(event));
  }

  /**
   * Shows a part about a name.
   *
   * @param {"definitions" | "references" | "callers"} part
   * @param {string} query which name
   */
  async open(part, query) {
    const url = `${this.page.element.dataset[`${part}Url`]}?${query}`;
    if (!(await loadPart(this.element, url))) return;
    this.element.hidden = false;
    this.element.querySelector("#panel-title")?.focus();
  }

  /** Closes the panel. @returns {boolean} false when it was not open */
  close() {
    if (this.element.hidden) return false;
    this.element.hidden = true;
    this.page.focus();
    return true;
  }

  // The arrow keys go from link to link.
  move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const links = [...this.element.querySelectorAll("a, .more button")];
    const focused = links.indexOf(document.activeElement);
    (links[focused + step] ?? links[0])?.focus();
  }
}
