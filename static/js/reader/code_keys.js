// The keyboard within the lines of a file: the arrow keys go from line to line and from name to name.
import { lineNumber } from "./line_range.js";
import { wordsOfRow } from "./words.js";

export class CodeKeys {
  /**
   * @param {import("./code_page.js").CodePage | import("../pane_code.js").PaneCode} page
   * @param {import("./names.js").Names} names
   */
  constructor(page, names) {
    this.page = page;
    this.names = names;
    this.line = 0; // the line that has or had the focus, or a name of it
    this.path = ""; // its file
    this.place = -1; // the number of that name
    page.element.addEventListener("keydown", (event) => this.press(event));
  }

  press(event) {
    const isHere = event.target.closest("[data-code]");
    if (!isHere || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = this.actions(event)[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  actions({ shiftKey, target }) {
    const row = target.closest("li");
    const across = {
      ArrowRight: () => this.toWord(row, 1),
      ArrowLeft: () => this.toWord(row, -1),
      Enter: () => this.enter(shiftKey),
      F12: () => this.names.follow(shiftKey),
    };
    return {
      ArrowDown: () => this.toLine(row, 1, shiftKey),
      ArrowUp: () => this.toLine(row, -1, shiftKey),
      ...(row ? across : {}),
    };
  }

  // From the row that has the focus, or the first in view.
  async toLine(row, step, extend) {
    const { lines } = this.page;
    const number = row ? lineNumber(row) + step : this.beginning();
    if (number < 1 || number > lines.count) return;
    this.names.card.hide();
    if (!lines.row(number)) await lines.show(number);
    if (extend) this.page.chooseLine(number, true);
    this.focusRow(lines.row(number));
  }

  // Where the keyboard begins: the line it left, or the chosen one, if it is in view; else the first.
  beginning() {
    const { lines, path } = this.page;
    const left = this.path === path ? this.line : 0;
    const places = [left, lines.range?.start ?? 0];
    return places.find((number) => lines.isInView(number)) ?? lines.topLine;
  }

  focusRow(row) {
    if (!row) return;
    this.line = lineNumber(row);
    this.path = this.page.path;
    this.place = -1;
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  toWord(row, step) {
    if (lineNumber(row) !== this.line) this.place = -1;
    this.line = lineNumber(row);
    this.names.card.hide();
    const words = wordsOfRow(row);
    const place = this.place + step;
    if (place < 0) {
      this.focusRow(row);
      return;
    }
    this.place = Math.min(place, words.length - 1);
    const word = words[this.place];
    if (word) this.names.card.show(word, { focus: true, empty: true });
  }

  enter(shiftKey) {
    if (this.names.card.word) this.names.follow(shiftKey);
    else this.page.chooseLine(this.line, shiftKey);
  }
}
