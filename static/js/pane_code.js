// The file in the source pane, as the scripts of the reader use it: see reader/code_page.js.
import { urlOfRepository } from "./answer_repositories.js";
import { CodeLines } from "./reader/code_lines.js";
import { commitLink, hostLink, pointAtLines } from "./reader/file_links.js";
import { orderedRange, parseRange, rangeFragment } from "./reader/line_range.js";

export class PaneCode {
  /**
   * @param {HTMLElement} element where the file is shown
   * @param {(place: import("./source_pane.js").Place) => void} onFollow
   */
  constructor(element, onFollow) {
    this.element = element;
    this.onFollow = onFollow;
    this.lines = null; // of the file that is shown
    this.range = null; // the lines that are marked
  }

  /** Files and names are those of a repository from now on. @param {string} repository */
  showRepository(repository) {
    const { dataset } = this.element;
    for (const name of Object.keys(dataset)) {
      dataset[name] = urlOfRepository(dataset[name], repository);
    }
  }

  /** Begins with the file that was loaded. @param {{start: number, end: number}} range */
  async start(range) {
    const box = this.element.querySelector("[data-code]");
    this.lines = box ? new CodeLines(box, this.element.dataset.linesUrl, () => {}) : null;
    this.choose(orderedRange(range.start, range.end));
    if (!this.lines) return;
    await this.lines.show(range.start);
    this.lines.fill();
  }

  /** The path of the file that is shown, undefined without one. */
  get path() {
    return this.lines?.element.dataset.path;
  }

  /** The address of the marked lines in the reader. @returns {string} */
  get link() {
    return `${this.page}${rangeFragment(this.range)}`;
  }

  /** The marked lines at the commit that is indexed: the host's page, or the reader's without a host. */
  get permalink() {
    const { commit } = this.element.querySelector("[data-commit]").dataset;
    return hostLink(this.element) ?? commitLink(new URL(this.page).pathname, commit, this.range);
  }

  get page() {
    return this.root + this.path.split("/").map(encodeURIComponent).join("/");
  }

  /**
   * Marks a line, or with `extend` those from the first marked one to it.
   *
   * @param {number} number
   * @param {boolean} extend
   */
  chooseLine(number, extend) {
    const from = extend && this.range ? this.anchor : number;
    this.choose(orderedRange(from, number));
    this.anchor = from;
  }

  choose(range) {
    this.range = range;
    this.anchor = range.start;
    this.lines?.mark(range);
    pointAtLines(this.element, range);
  }

  /** Whether a link leads to a file of this repository. @param {HTMLAnchorElement} link */
  leadsToCode(link) {
    return link.href.startsWith(this.root) && link.target !== "_blank";
  }

  /** Shows the file and the lines of a link here. @param {string} url */
  follow(url) {
    const { pathname, hash } = new URL(url, location.href);
    const path = decodeURIComponent(pathname.slice(new URL(this.root).pathname.length));
    this.onFollow({ path, ...(parseRange(hash) ?? { start: 1, end: 1 }) });
  }

  focus() {
    const target = this.lines?.element ?? this.element.querySelector("[data-action=close-pane]");
    target?.focus({ preventScroll: true });
  }

  get root() {
    return new URL(this.element.dataset.root, location.href).href;
  }
}
