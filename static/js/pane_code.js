// The lines in the source pane, as the scripts that know names use them: see reader/code_page.js.
import { urlOfRepository } from "./answer_repositories.js";
import { isRowInView, parseRange } from "./reader/line_range.js";

export class PaneCode {
  /**
   * @param {HTMLElement} element where the file is shown
   * @param {(place: import("./source_pane.js").Place) => void} onFollow
   */
  constructor(element, onFollow) {
    this.element = element;
    this.onFollow = onFollow;
    this.first = 0; // the line from which on lines are chosen
  }

  /** Files and names are those of a repository from now on. @param {string} repository */
  showRepository(repository) {
    const { dataset } = this.element;
    for (const name of Object.keys(dataset)) {
      dataset[name] = urlOfRepository(dataset[name], repository);
    }
  }

  /** Itself: all its lines are on the page. */
  get lines() {
    return this;
  }

  get box() {
    return this.element.querySelector("[data-code]");
  }

  get rows() {
    return this.box.querySelector("ol").children;
  }

  /** The path of the file that is shown, undefined without one. */
  get path() {
    return this.box?.dataset.path;
  }

  /** The number of the last line. */
  get count() {
    return this.rows[this.rows.length - 1].value;
  }

  /** The first line in view. */
  get topLine() {
    const top = this.box.getBoundingClientRect().top;
    const row = [...this.rows].find((li) => li.getBoundingClientRect().bottom > top + 1);
    return row?.value ?? 1;
  }

  /** The element of a line, null where it is not shown. @param {number} number */
  row(number) {
    return this.rows[number - this.rows[0].value] ?? null;
  }

  /** The lines that are marked, from the first on. */
  get range() {
    return { start: this.first };
  }

  /** Whether a line is in view. @param {number} number */
  isInView(number) {
    return isRowInView(this.row(number), this.box);
  }

  /** Brings a line into view. @param {number} number */
  show(number) {
    this.row(number)?.scrollIntoView({ block: "nearest" });
  }

  /**
   * Marks a line, or with `extend` those from the first marked one to it.
   *
   * @param {number} number
   * @param {boolean} extend
   */
  chooseLine(number, extend) {
    this.first = (extend && this.first) || number;
    const [from, to] = [this.first, number].sort((a, b) => a - b);
    for (const row of this.rows) {
      row.classList.toggle("marked", from <= row.value && row.value <= to);
    }
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
    (this.box ?? this.element.querySelector("button"))?.focus({ preventScroll: true });
  }

  get root() {
    return new URL(this.element.dataset.root, location.href).href;
  }
}
