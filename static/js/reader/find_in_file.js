// Find in a file: also in lines that are not on the page. What is found is highlighted without a
// change of the page (https://developer.mozilla.org/docs/Web/API/CSS_Custom_Highlight_API).
import { lineNumber } from "./line_range.js";

const TYPING_MS = 120;
const FOUND = "found"; // the highlight in static/css/reader.css

export class FindInFile {
  /** @param {import("./code_page.js").CodePage | import("../pane_code.js").PaneCode} page */
  constructor(page) {
    this.page = page;
    this.found = []; // numbers of lines
    this.place = -1; // in them, of the line that is shown
    this.observer = new MutationObserver(() => this.highlight());
    page.element.addEventListener("input", (event) => {
      if (!this.bar?.contains(event.target)) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.search(), TYPING_MS);
    });
    page.element.addEventListener("keydown", (event) => this.press(event));
  }

  get bar() {
    return this.page.element.querySelector("[data-part=find]");
  }

  get input() {
    return this.bar.querySelector("input");
  }

  /** Opens the bar, with what is selected in it. */
  open() {
    if (!this.bar) return;
    this.bar.hidden = false;
    const selected = getSelection().toString();
    if (selected && !selected.includes("\n")) this.input.value = selected;
    this.input.focus();
    this.input.select();
    if (this.input.value) this.search();
  }

  /** Closes the bar. @returns {boolean} false when it was not open */
  close() {
    if (!this.bar || this.bar.hidden) return false;
    this.bar.hidden = true;
    this.found = [];
    this.observer.disconnect();
    globalThis.CSS.highlights?.delete(FOUND);
    this.page.focus();
    return true;
  }

  /** Shows the next line with the text (1), or the one before (-1). @param {number} by */
  async step(by) {
    const { length } = this.found;
    if (length) await this.show((this.place + by + length) % length);
  }

  press(event) {
    if (!this.bar?.contains(event.target) || event.isComposing) return;
    const isTyping = event.target === this.input;
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && isTyping) this.step(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  async search() {
    const text = this.input.value.trim();
    const { path } = this.page;
    const query = new URLSearchParams({ path, q: text });
    const url = `${this.page.element.dataset.matchesUrl}?${query}`;
    const response = text ? await fetch(url).catch(() => null) : null;
    const found = response?.ok ? await response.json() : { lines: [] };
    if (this.page.path !== path || this.input.value.trim() !== text) return;
    this.found = found.lines;
    const top = this.page.lines?.topLine ?? 1;
    const next = this.found.findIndex((line) => line >= top);
    this.observer.disconnect();
    if (this.page.lines) this.observer.observe(this.page.lines.list, { childList: true });
    await this.show(Math.max(0, next));
  }

  async show(place) {
    this.place = place;
    this.tell();
    const line = this.found[place];
    if (line && !this.page.lines.isInView(line)) await this.page.lines.show(line);
    this.highlight();
  }

  tell() {
    const { dataset } = this.bar;
    const counts = { n: this.place + 1, total: this.found.length };
    let text = this.input.value.trim() ? dataset.none : "";
    if (counts.total) text = dataset.count.replace(/\{(\w+)\}/g, (_, name) => counts[name]);
    this.bar.querySelector("output").textContent = text;
  }

  // Of the lines on the page; the one that is shown has the outline of a line that has the focus.
  highlight() {
    const wanted = this.input.value.trim().toLowerCase();
    const ranges = [];
    for (const row of this.page.lines?.list.children ?? []) {
      const isFound = wanted && this.found.length && lineNumber(row) === this.found[this.place];
      row.classList.toggle("found", Boolean(isFound));
      if (wanted) ranges.push(...rangesIn(row.querySelector("code"), wanted));
    }
    globalThis.CSS.highlights?.set(FOUND, new Highlight(...ranges));
  }
}

// Where a text stands in an element, across the elements within it.
function rangesIn(element, wanted) {
  const text = element.textContent.toLowerCase();
  const ranges = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    ranges.push(rangeOf(element, at, at + wanted.length));
  }
  return ranges;
}

function rangeOf(element, start, end) {
  const range = new Range();
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let before = 0;
  while (walker.nextNode()) {
    const { currentNode: node } = walker;
    const after = before + node.length;
    if (before <= start && start < after) range.setStart(node, start - before);
    if (before < end && end <= after) {
      range.setEnd(node, end - before);
      return range;
    }
    before = after;
  }
  return range;
}
