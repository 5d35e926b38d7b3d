// The lines of a file. Only some of them are on the page, between two gaps as high as the others;
// what comes into view is loaded, what is far from it is taken away.

import { translate } from "../i18n.js";
import { showLoadError } from "../page_updates.js";
import { isRowInView, lineNumber } from "./line_range.js";

const STEP = 160; // lines that are loaded at once, as many as the server gives
const MOST_LINES = 1200; // on the page
const NEAR = 600; // pixels before the end of what is loaded
const MOST_GAP = 6_000_000; // pixels; browsers do not lay out more than some 17 million
const SETTLE_MS = 200;

export class CodeLines {
  /**
   * @param {HTMLElement} element the scrolling box
   * @param {string} url where lines are loaded from
   * @param {() => void} onSettled called when scrolling has ended
   */
  constructor(element, url, onSettled) {
    this.element = element;
    this.url = url;
    this.list = element.querySelector("ol");
    this.gaps = {
      before: element.querySelector("[data-gap=before]"),
      after: element.querySelector("[data-gap=after]"),
    };
    this.count = Number(element.dataset.count);
    this.range = null;
    this.isLoading = false;
    this.version = 0; // of the list: a part that was asked for before a jump is of no use after it
    this.layOut();
    element.addEventListener("scroll", () => this.whenScrolled(onSettled), { passive: true });
  }

  get first() {
    return lineNumber(this.list.firstElementChild);
  }

  get last() {
    return lineNumber(this.list.lastElementChild);
  }

  get rowHeight() {
    return this.list.getBoundingClientRect().height / this.list.childElementCount;
  }

  /** The first line in view. @returns {number} */
  get topLine() {
    const rows = this.list.children;
    let [low, high] = [0, rows.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (rows[middle].offsetTop <= this.element.scrollTop + 1) low = middle;
      else high = middle - 1;
    }
    return this.first + low;
  }

  /** The element of a line that is on the page. @returns {HTMLElement | null} */
  row(number) {
    return this.list.children[number - this.first] ?? null;
  }

  /** Whether a line is in view. @param {number} number */
  isInView(number) {
    return isRowInView(this.row(number), this.element);
  }

  /**
   * Brings a line to a place below the top, a quarter of the height where none is given.
   *
   * @param {number} number
   * @param {number} [below] pixels
   */
  async show(number, below = this.element.clientHeight / 4) {
    const line = Math.min(Math.max(1, number), this.count);
    if (line < this.first || line > this.last) await this.jump(line);
    const row = this.row(line);
    if (row) this.element.scrollTop = row.offsetTop - below;
  }

  /**
   * Marks lines as chosen; null takes that back.
   *
   * @param {{start: number, end: number} | null} range
   */
  mark(range) {
    this.range = range;
    for (const row of this.list.children) {
      const number = lineNumber(row);
      const isChosen = range !== null && number >= range.start && number <= range.end;
      row.classList.toggle("marked", isChosen);
    }
  }

  whenScrolled(onSettled) {
    clearTimeout(this.settling);
    this.settling = setTimeout(onSettled, SETTLE_MS);
    if (!this.isLoading) requestAnimationFrame(() => this.fill());
  }

  // Loads what is in view or near it, one part after the other.
  async fill() {
    if (this.isLoading || !this.element.isConnected) return;
    this.isLoading = true;
    try {
      while (await this.loadNext());
    } finally {
      this.isLoading = false;
    }
  }

  loadNext() {
    const top = this.element.scrollTop;
    const bottom = top + this.element.clientHeight;
    const start = this.list.offsetTop;
    const end = start + this.list.offsetHeight;
    if (bottom < start - NEAR || top > end + NEAR) return this.jump(this.lineAt(top));
    if (this.first > 1 && top < start + NEAR) return this.loadBefore();
    if (this.last < this.count && bottom > end - NEAR) return this.loadAfter();
    return false;
  }

  // The line that would stand at a height in one of the gaps.
  lineAt(top) {
    const gap = this.gaps.before;
    if (top < this.list.offsetTop) {
      return 1 + Math.floor((top / gap.offsetHeight) * (this.first - 1));
    }
    const after = this.gaps.after;
    const share = (top - after.offsetTop) / after.offsetHeight;
    return Math.min(this.count, this.last + 1 + Math.floor(share * (this.count - this.last)));
  }

  async loadBefore() {
    const rows = await this.load(Math.max(1, this.first - STEP), this.first - 1);
    if (!rows) return false;
    const anchor = this.list.firstElementChild;
    this.keepInPlace(anchor, () => {
      this.list.prepend(...rows);
      while (this.list.childElementCount > MOST_LINES) this.list.lastElementChild.remove();
    });
    return true;
  }

  async loadAfter() {
    const rows = await this.load(this.last + 1, Math.min(this.count, this.last + STEP));
    if (!rows) return false;
    const anchor = this.list.lastElementChild;
    this.keepInPlace(anchor, () => {
      this.list.append(...rows);
      while (this.list.childElementCount > MOST_LINES) this.list.firstElementChild.remove();
    });
    return true;
  }

  async jump(number) {
    this.version += 1;
    const first = Math.max(1, number - STEP / 2);
    const rows = await this.load(first, Math.min(this.count, first + STEP));
    if (!rows) return false;
    this.list.replaceChildren(...rows);
    this.layOut();
    this.element.scrollTop = this.row(Math.min(number, this.last)).offsetTop;
    return true;
  }

  // Changes the list while a row stays where it is in view.
  keepInPlace(row, change) {
    const before = row.offsetTop;
    change();
    this.layOut();
    const moved = row.offsetTop - before;
    // What rounding moves is left alone: setting the position ends a smooth scrolling.
    if (Math.abs(moved) > 2) this.element.scrollTop += moved;
  }

  layOut() {
    const height = this.rowHeight;
    const lines = { before: this.first - 1, after: this.count - this.last };
    for (const [name, gap] of Object.entries(this.gaps)) {
      gap.style.height = `${Math.min(MOST_GAP, lines[name] * height)}px`;
    }
    this.mark(this.range);
  }

  // The rows of some lines; null when there are none to be had.
  async load(first, last) {
    const { version } = this;
    const { path, sha } = this.element.dataset;
    const query = new URLSearchParams({ path, sha, first, last });
    const response = await fetch(`${this.url}?${query}`).catch(() => null);
    const html = (await response?.text().catch(() => "")) ?? "";
    if (version !== this.version) return null;
    if (response?.ok) return elements(html, "li");
    if (response?.status === 409) this.showChanged(html);
    else showLoadError(translate("silent"));
    return null;
  }

  showChanged(html) {
    const body = this.element.parentElement;
    if (!body.querySelector(".banner")) body.prepend(...elements(html, ".banner"));
  }
}

// Those elements of a part from the server.
function elements(html, selector) {
  return [...new DOMParser().parseFromString(html, "text/html").querySelectorAll(selector)];
}
