// The page of a file or folder: which one it shows, the lines that are chosen, the browser's history.
import { loadPart } from "../part_requests.js";
import { CodeLines } from "./code_lines.js";
import { commitLink, hostLink, pointAtLines } from "./file_links.js";
import { orderedRange, parseRange, rangeFragment, rangeQuery } from "./line_range.js";

export class CodePage {
  /**
   * @param {HTMLElement} element
   * @param {import("./file_tree.js").FileTree} tree
   * @param {(line: number) => void} onScrolled gets the first line in view
   */
  constructor(element, tree, onScrolled) {
    this.element = element;
    this.tree = tree;
    this.onScrolled = onScrolled;
    this.range = null;
    this.shown = location.pathname;
    this.start();
    addEventListener("popstate", ({ state }) => this.go(location.href, state?.reader ?? {}));
    // A path that is not in the index has a page, too.
    element.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
      if (target === element && detail.xhr.status === 404)
        Object.assign(detail, { shouldSwap: true, isError: false });
    });
  }

  /** The path of the file that is shown, undefined for a folder. */
  get path() {
    return this.lines?.element.dataset.path;
  }

  /** The address of what is shown, with the chosen lines. @returns {string} */
  get link() {
    return `${location.origin}${location.pathname}${rangeQuery(this.range)}${rangeFragment(this.range)}`;
  }

  /** The commit that what is shown is of. @returns {string | undefined} */
  get commit() {
    return this.element.querySelector("[data-commit]")?.dataset.commit;
  }

  /** The chosen lines at the commit that is indexed: the host's page, or this one without a host. */
  get permalink() {
    return hostLink(this.element) ?? commitLink(location.pathname, this.commit, this.range);
  }

  /**
   * Follows a link to a file, a folder or lines.
   *
   * @param {string} url
   */
  async follow(url) {
    this.keepPosition();
    history.pushState({ reader: {} }, "", withoutLines(url));
    await this.go(url, {});
    this.focus();
  }

  /** Loads what is shown anew: it has changed. */
  async reload() {
    const line = this.lines?.topLine;
    this.shown = "";
    await this.go(location.href, { line, below: 0 });
    this.focus();
  }

  // Shows an address at a position of it that was kept: its first line in view.
  async go(url, { line, below }) {
    const { pathname, hash } = new URL(url, location.href);
    const range = parseRange(hash);
    if (pathname !== this.shown) {
      this.shown = pathname;
      this.lines = null; // no position of the former file is kept for this one
      const asked = range ?? (line ? orderedRange(line, line) : null);
      const isLoaded = await loadPart(this.element, pathname + rangeQuery(asked));
      if (this.shown !== pathname) return; // another was followed meanwhile
      if (!isLoaded) {
        this.shown = "";
        return;
      }
      this.start({ keeps: Boolean(line) });
    }
    this.choose(range);
    if (line) await this.lines?.show(line, below);
    else if (range) await this.lines?.show(range.start);
    else if (this.lines) await this.lines.show(1, 0);
  }

  // What is on the page after it was loaded.
  start() {
    const box = this.element.querySelector("#code-lines");
    const { linesUrl } = this.element.dataset;
    this.lines = box ? new CodeLines(box, linesUrl, () => this.keepPosition()) : null;
    this.tree.reveal(this.path ?? "");
  }

  /** Shows the lines of the address, or the position that was kept, when the page is opened. */
  async open() {
    const { line, below } = history.state?.reader ?? {};
    this.choose(parseRange(location.hash));
    if (line) await this.lines?.show(line, below);
    else if (this.range) await this.lines?.show(this.range.start);
    this.lines?.fill();
  }

  /**
   * Chooses a line, or with `extend` those from the first chosen one to it.
   *
   * @param {number} number
   * @param {boolean} extend
   */
  chooseLine(number, extend) {
    const from = extend && this.range ? this.anchor : number;
    this.anchor = from;
    this.choose(orderedRange(from, number));
    history.replaceState(history.state, "", location.pathname + rangeFragment(this.range));
    this.keepPosition();
  }

  choose(range) {
    this.range = range;
    this.anchor ??= range?.start;
    if (!range) this.anchor = undefined;
    this.lines?.mark(range);
    pointAtLines(this.element, range);
  }

  keepPosition() {
    if (!this.lines || this.shown !== location.pathname) return;
    const line = this.lines.topLine;
    this.onScrolled(line);
    const below = (this.lines.row(line)?.offsetTop ?? 0) - this.lines.element.scrollTop;
    history.replaceState({ ...history.state, reader: { line, below } }, "");
  }

  focus() {
    this.element.querySelector("#code-lines, .folder")?.focus({ preventScroll: true });
  }
}

function withoutLines(url) {
  const { pathname, hash } = new URL(url, location.href);
  return pathname + hash;
}
