// The source pane: shows a file at its cited lines, goes from source to source and from a name to its
// definition, back and forward; keeps its width.
import { placeOfCite, urlOfRepository } from "./answer_repositories.js";
import { followLink, paneActions } from "./pane_actions.js";
import { PaneCode } from "./pane_code.js";
import { loadPart } from "./part_requests.js";
import { CodeKeys } from "./reader/code_keys.js";
import { CodePanel } from "./reader/code_panel.js";
import { FindInFile } from "./reader/find_in_file.js";
import { Names } from "./reader/names.js";
import { showWrap } from "./reader/wrapped_lines.js";

const LEAST_WIDTH = 20; // percent of the window, as is the next
const MOST_WIDTH = 70;
const DEFAULT_WIDTH = 42;
const KEY_STEP = 2;
const CITES = ":is([data-part=body], .sources) a.cite"; // of an answer
const SETTING = "pane"; // in localStorage: the width

/** @typedef {{path: string, start: number, end: number, repository?: string}} Place lines of a file */

export class SourcePane {
  /**
   * @param {HTMLElement} element the pane
   * @param {HTMLElement} thread whose citations it opens
   */
  constructor(element, thread) {
    this.element = element;
    this.thread = thread;
    this.body = element.querySelector("#pane-body");
    this.grip = element.querySelector(".grip");
    this.cite = null; // the citation shown; gets the focus back
    this.place = null; // what is shown
    this.former = []; // places that were left for others
    this.later = []; // places that were gone back from
    this.code = new PaneCode(this.body, (place) => this.follow(place));
    this.panel = new CodePanel(element.querySelector("#code-panel"), this.code);
    this.names = new Names(this.code, this.panel, element.querySelector("#name-card"));
    this.find = new FindInFile(this.code);
    new CodeKeys(this.code, this.names);
    this.actions = paneActions(this);
    this.followLink = (link, event) => followLink(this, link, event);
    this.resize(Number(localStorage.getItem(SETTING)) || DEFAULT_WIDTH);
    this.bindGrip();
  }

  /**
   * Shows the lines of a citation.
   *
   * @param {HTMLAnchorElement} cite
   */
  async open(cite) {
    const target = this.target(cite);
    if (target.repository === "") return; // of none that the reader may open
    this.cite = cite;
    this.former = [];
    this.later = [];
    this.closeParts();
    const { start, end } = cite.dataset;
    await this.load({ ...target, start, end });
  }

  target(cite) {
    return placeOfCite(cite, this.thread.dataset.repository);
  }

  /** Shows where a link leads; `back` returns. @param {Place} place */
  async follow(place) {
    this.former.push(this.place);
    this.later = [];
    await this.load({ repository: this.place.repository, ...place });
  }

  /** Shows the place before the last link that was followed. */
  async back() {
    await this.goTo(this.former, this.later);
  }

  /** Shows the place that was gone back from. */
  async forward() {
    await this.goTo(this.later, this.former);
  }

  async goTo(places, left) {
    const place = places.pop();
    if (!place) return;
    left.push(this.place);
    await this.load(place);
  }

  async load(place) {
    this.place = place;
    const { repository, ...lines } = place;
    if (repository !== this.thread.dataset.repository) lines.named = "1";
    this.code.showRepository(repository);
    const query = new URLSearchParams(lines);
    const url = `${urlOfRepository(this.thread.dataset.sourceUrl, repository)}?${query}`;
    this.element.hidden = false;
    await loadPart(this.body, url);
    if (this.place !== place) return; // another was opened meanwhile
    await this.showLoaded(Number(place.start), Number(place.end));
  }

  async showLoaded(start, end) {
    this.showWays("pane-back", this.former);
    this.showWays("pane-forward", this.later);
    showWrap();
    await this.code.start({ start, end });
    this.code.focus();
  }

  showWays(action, places) {
    const button = this.element.querySelector(`[data-action=${action}]`);
    if (button) button.hidden = places.length === 0;
  }

  /**
   * Shows the first citation of an answer, if it has one.
   *
   * @param {HTMLElement | undefined} answer
   */
  openFirst(answer) {
    const cite = answer?.querySelector(CITES);
    if (cite) this.open(cite);
  }

  /**
   * Shows the next (1) or the previous (-1) citation of the same answer, or place of its steps; the
   * same lines count once.
   *
   * @param {number} by
   */
  step(by) {
    const shown = this.shownCite();
    if (this.element.hidden || !shown) return;
    const steps = shown.closest(".steps");
    const answer = shown.closest(".answer") ?? this.thread;
    const places = new Map();
    const all = steps ? steps.querySelectorAll("a[data-path]") : answer.querySelectorAll(CITES);
    for (const cite of all) {
      if (!places.has(placeOf(cite))) places.set(placeOf(cite), cite);
    }
    const cites = [...places.values()];
    const current = [...places.keys()].indexOf(placeOf(shown));
    const next = cites[(current + by + cites.length) % cites.length];
    if (next) this.open(next);
  }

  // The citation that was opened; where its list was loaded anew, one of the same lines or file.
  shownCite() {
    if (!this.cite || this.cite.isConnected) return this.cite;
    const { path } = this.cite.dataset;
    const cites = [...this.thread.querySelectorAll(`${CITES}[data-path="${CSS.escape(path)}"]`)];
    const sameLines = cites.findLast((cite) => placeOf(cite) === placeOf(this.cite));
    return sameLines ?? cites.at(-1);
  }

  /**
   * Closes the pane and gives the focus back to the citation.
   *
   * @returns {boolean} false when the pane was not open
   */
  close() {
    if (this.element.hidden) return false;
    this.closeParts();
    this.element.hidden = true;
    const cite = this.shownCite();
    if (cite) shownPart(cite).focus();
    return true;
  }

  /**
   * Closes the card of a name, else the panel about one, else the pane.
   *
   * @returns {boolean} false when nothing was open
   */
  closeTop() {
    return this.names.closeCard() || this.find.close() || this.panel.close() || this.close();
  }

  closeParts() {
    this.names.card.hide();
    this.panel.element.hidden = true;
  }

  bindGrip() {
    this.grip.addEventListener("pointerdown", (event) => {
      this.grip.setPointerCapture(event.pointerId);
    });
    this.grip.addEventListener("pointermove", (event) => {
      if (!this.grip.hasPointerCapture(event.pointerId)) return;
      this.resize(((innerWidth - event.clientX) / innerWidth) * 100);
    });
    this.grip.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: KEY_STEP, ArrowRight: -KEY_STEP }[event.key];
      if (!step) return;
      event.preventDefault();
      this.resize(this.width + step);
    });
  }

  resize(percent) {
    this.width = Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, percent));
    this.element.style.setProperty("--pane", `${this.width}vw`);
    this.grip.setAttribute("aria-valuenow", Math.round(this.width));
    localStorage.setItem(SETTING, this.width);
  }
}

// A citation, or the summary of what was folded around it.
function shownPart(cite) {
  let shown = cite;
  for (let folded = cite; folded; folded = folded.parentElement.closest("details:not([open])")) {
    if (folded !== cite) shown = folded.querySelector(":scope > summary");
  }
  return shown;
}

function placeOf({ dataset }) {
  return `${dataset.path}:${dataset.start}-${dataset.end}`;
}
