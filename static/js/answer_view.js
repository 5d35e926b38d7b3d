// One answer on the page. Its blocks are HTML of the server; everything else is set as text.
import { noteRepositories } from "./answer_repositories.js";
import { openAgain, updateBlock } from "./block_updates.js";
import { isAside, translate, translateEvent, translateMatchReason } from "./i18n.js";
import { loadPart } from "./part_requests.js";
import { addStage, addToLastStage, stopClock } from "./research_stages.js";
import { Steps, showReadCitations } from "./steps.js";
import { cloneTemplate } from "./templates.js";
import { siteUrl } from "./urls.js";

const QUICK_MS = 300; // what is done sooner needs no line of progress
const THINKING_MS = 4000;
const REPLAYED_PARTS = ["body", "stages", "notices", "ending", "asides"];

export class AnswerView {
  /**
   * @param {HTMLElement} element the `.answer`, from templates/chat/answer.html
   */
  constructor(element) {
    this.element = element;
    this.progressTimer = undefined;
    this.steps = new Steps(element);
  }

  /** The question it answers. @returns {HTMLElement} */
  get question() {
    return this.element.previousElementSibling;
  }

  /** Whether any block of it is on the page. @returns {boolean} */
  get isRendered() {
    return this.part("body").children.length > 0;
  }

  /**
   * The answer begins.
   *
   * @param {string | undefined} files how many files are searched
   */
  start(files) {
    this.element.dataset.state = "running";
    this.part("body").setAttribute("aria-busy", "true"); // or it would be read out piece by piece
    const text = files ? translate("searchingFiles", { n: files }) : translate("searching");
    this.scheduleProgress([[QUICK_MS, text]]);
  }

  /** Removes what a replay of all events brings again. */
  clear() {
    for (const name of REPLAYED_PARTS) this.part(name).replaceChildren();
    this.steps.clear();
  }

  /**
   * The answer has ended.
   *
   * @param {string} state
   */
  finish(state) {
    this.showProgress("");
    this.steps.finish();
    stopClock(this.element);
    this.element.dataset.state = state;
    delete this.element.dataset.run;
    this.part("body").removeAttribute("aria-busy");
    this.loadFooter();
  }

  /** Shows what is being done, nothing for an empty text. @param {string} text */
  showProgress(text) {
    this.scheduleProgress([]);
    this.part("progress").textContent = text;
    this.part("progress").hidden = !text;
  }

  /** Shows for how long the model has been thinking. @param {number} seconds until now */
  showThinking(seconds) {
    const began = Date.now() - seconds * 1000;
    const show = () => {
      const passed = Math.round((Date.now() - began) / 1000);
      this.showProgress(translate("thinkingFor", { seconds: passed }));
      this.progressTimer = setTimeout(show, 1000);
    };
    show();
  }

  /**
   * Puts a rendered block in its place, instead of an earlier rendering of it.
   *
   * @param {number} number
   * @param {string} html
   */
  renderBlock(number, html) {
    this.showProgress("");
    const body = this.part("body");
    while (body.children.length <= number) {
      const block = document.createElement("div");
      addToLastStage(this.element, block);
      body.append(block);
    }
    updateBlock(body.children[number], html);
  }

  /** A tool was called, or has given its result. @param {object} step the event */
  showStep(step) {
    this.steps.show(step);
    if (step.state !== "running") this.scheduleProgress([[THINKING_MS, translate("thinking")]]);
    else this.showProgress("");
  }

  /** The first words of the answer have come. */
  startText() {
    this.steps.fold();
  }

  /**
   * A round of Deep Research begins.
   *
   * @param {{stage: string, iteration: number, of: number, looking_for?: string,
   *   passages?: number}} event
   */
  startStage(event) {
    addStage(this.element, event);
    this.showProgress(translate("round", { n: event.iteration, of: event.of }));
  }

  /**
   * Lists the passages the answer rests on.
   *
   * @param {{path: string, start: number, end: number, url?: string, symbol?: string,
   *   why?: string, via?: string}[]} sources
   * @param {{id: string, name: string}[] | undefined} repositories
   */
  showSources(sources, repositories) {
    noteRepositories(this.element, repositories);
    this.part("source-list").replaceChildren(...sources.map(sourceItem));
    this.part("source-count").textContent = sources.length;
    this.part("sources").hidden = sources.length === 0;
    if (sources.length === 0) return;
    this.scheduleProgress([
      [QUICK_MS, translate("reading", { n: sources.length })],
      [THINKING_MS, translate("thinking")],
    ]);
  }

  /**
   * Adds a notice about the answer.
   *
   * @param {string} text
   * @param {{isProblem?: boolean, part?: "notices" | "ending" | "asides"}} [options] above or below
   *   the text, or in grey at the end
   */
  addNotice(text, { isProblem = false, part = "notices" } = {}) {
    const item = document.createElement("li");
    if (part !== "asides") item.className = isProblem ? "banner problem" : "banner";
    item.textContent = text;
    this.part(part)?.append(item);
    return item;
  }

  /** Adds the notice of an event: that of an end stands at the end. */
  addNoticeOf(event) {
    this.addNotice(translateEvent(event), { part: partOfNotice(event) });
  }

  // Shows texts one after the other, each after a delay in milliseconds.
  scheduleProgress([next, ...rest]) {
    clearTimeout(this.progressTimer);
    if (!next) return;
    const [delay, text] = next;
    this.progressTimer = setTimeout(() => {
      this.showProgress(text);
      this.scheduleProgress(rest);
    }, delay);
  }

  // What is below an answer: its sources, how it was made, what to do with it.
  // Its buttons are shown with it: a click on one that is replaced would be lost.
  async loadFooter() {
    const { dataset } = this.element;
    if (!dataset.message) return;
    const former = this.part("sources");
    dataset.footer = "loading";
    const url = siteUrl(`m/${dataset.message}/footer`);
    const isLoaded = await loadPart(this.part("end"), url, { swap: "outerHTML" });
    delete dataset.footer;
    if (!isLoaded) return;
    if (former.open) openAgain(this.part("sources"));
    showReadCitations(this.element);
  }

  part(name) {
    return this.element.querySelector(`[data-part=${name}]`);
  }
}

function partOfNotice({ code }) {
  if (code === "length_limit") return "ending";
  return isAside(code) ? "asides" : "notices";
}

function sourceItem({ path, start, end, url, symbol, why, via }) {
  const item = cloneTemplate("source-template");
  const cite = item.querySelector(".cite");
  cite.href = url || "#";
  Object.assign(cite.dataset, { path, start, end });
  item.querySelector("[data-part=path]").textContent = path;
  item.querySelector("[data-part=lines]").textContent = start === end ? start : `${start}–${end}`;
  const details = [symbol, translateMatchReason(why, via)].filter(Boolean).join(" · ");
  item.querySelector("[data-part=match]").textContent = details;
  return item;
}
