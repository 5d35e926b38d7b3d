// The steps of an answer: a list that grows while the model looks around, and the sentence that sums it
// up. It is open while nothing is written yet, and folds when the answer begins.
import { plural, stepSentence, translate } from "./i18n.js";
import { cloneTemplate } from "./templates.js";

const MAX_PLACES = 60; // that one step shows
const WRITTEN = /^(.+):L(\d{1,7})-L(\d{1,7})$/s;

/**
 * Marks citations whose lines were read after they had been written as what they are by now.
 *
 * @param {HTMLElement} answer whose sources tell the states
 */
export function showReadCitations(answer) {
  for (const { dataset } of answer.querySelectorAll(".sources [data-state=read]")) {
    const place = ["path", "start", "end"].map((k) => `[data-${k}="${CSS.escape(dataset[k])}"]`);
    const unread = answer.querySelectorAll(`[data-part=body] .cite.unread${place.join("")}`);
    for (const cite of unread) {
      cite.classList.remove("unread");
      cite.title = dataset.path;
      cite.querySelector(".cite-note")?.remove();
    }
  }
}

export class Steps {
  /** @param {HTMLElement} answer */
  constructor(answer) {
    this.element = answer.querySelector("[data-part=steps]");
    this.title = this.element.querySelector("[data-part=steps-title]");
    this.list = this.element.querySelector("[data-part=step-list]");
    this.reset();
    this.element.querySelector("summary").addEventListener("click", () => {
      delete this.element.dataset.live; // what the reader has opened or closed stays so
    });
  }

  /** Removes the steps: a replay brings them again. */
  clear() {
    clearInterval(this.timer);
    this.reset();
    this.list.replaceChildren();
    this.element.hidden = true;
  }

  reset() {
    this.items = new Map(); // by number
    this.files = new Set();
    this.startedAt = 0;
    this.endedAt = 0;
  }

  /**
   * A step has begun or has ended.
   *
   * @param {{n: number, tool: string, arguments: object, state: string, summary: string, code?: string,
   *   parameters?: object, passages?: string[], ms?: number, tokens?: number}} step
   */
  show(step) {
    if (this.items.size === 0) this.begin();
    const places = (step.passages ?? []).slice(0, MAX_PLACES).map(parsePlace).filter(Boolean);
    for (const { path } of places) this.files.add(path);
    const item = stepItem(step, places);
    const former = this.items.get(step.n);
    if (former) keepUse(former, item);
    if (former) former.replaceWith(item);
    else this.list.append(item);
    this.items.set(step.n, item);
    this.showTitle();
  }

  /** The answer begins: the list folds, unless the reader has opened or closed it. */
  fold() {
    clearInterval(this.timer);
    if (this.items.size === 0 || this.endedAt) return;
    this.endedAt = Date.now();
    if ("live" in this.element.dataset && !this.list.contains(document.activeElement)) {
      this.element.open = false;
    }
    delete this.element.dataset.live;
    this.showTitle();
  }

  /** The answer has ended: what still ran has failed. */
  finish() {
    this.fold();
    for (const item of this.items.values()) {
      if (item.dataset.state === "running") markFailed(item);
    }
  }

  /**
   * How long it took until the answer began, as the server measured it.
   *
   * @param {number | undefined} ms
   */
  setTime(ms) {
    if (this.items.size === 0 || ms === undefined) return;
    this.endedAt = this.startedAt + ms;
    this.showTitle();
  }

  /** The sentence that sums up, empty without steps. @returns {string} */
  get summary() {
    return this.items.size > 0 ? this.title.textContent : "";
  }

  begin() {
    this.startedAt = Date.now();
    this.element.hidden = false;
    this.element.open = true;
    this.element.dataset.live = "";
    this.timer = setInterval(() => this.showTitle(), 1000);
  }

  showTitle() {
    const seconds = ((this.endedAt || Date.now()) - this.startedAt) / 1000;
    const values = {
      files: plural("files", this.files.size),
      steps: plural("steps", this.items.size),
      seconds: shortNumber(seconds),
    };
    const ended = this.files.size > 0 ? "lookedAt" : "lookedIn";
    this.title.textContent = translate(this.endedAt ? ended : "lookingNow", values);
  }
}

function stepItem(step, places) {
  const item = cloneTemplate("step-template");
  const part = (name) => item.querySelector(`[data-part=${name}]`);
  item.dataset.state = step.state;
  const sentence = sentenceNodes(stepSentence(step));
  if (places.length === 1) {
    const link = placeLink(places[0], "step-place");
    link.append(...sentence);
    part("step-text").replaceChildren(link);
  } else part("step-text").replaceChildren(...sentence);
  const tellsEnd = Boolean(step.code || step.summary); // how it ended, also where it failed
  part("step-failed").hidden = step.state !== "failed" || tellsEnd;
  part("step-tokens").textContent = step.tokens ? plural("tokens", step.tokens) : "";
  part("step-time").textContent = duration(step.ms);
  if (places.length > 1) {
    part("step-of").textContent = `${part("step-text").textContent}: `;
    part("step-places").hidden = false;
    part("step-places")
      .querySelector("p")
      .replaceChildren(...places.flatMap(placeChip));
  }
  return item;
}

// Text and code by turns, as backticks part them.
function sentenceNodes(sentence) {
  return sentence.split("`").map((text, index) => {
    if (index % 2 === 0) return document.createTextNode(text);
    const code = document.createElement("code");
    code.textContent = text;
    return code;
  });
}

function placeLink({ path, start, end }, kind) {
  const link = document.createElement("a");
  link.className = kind;
  link.href = "#";
  Object.assign(link.dataset, { path, start, end });
  return link;
}

function placeChip(place) {
  const link = placeLink(place, "cite");
  const { path, start, end } = place;
  link.title = path;
  link.textContent = `${shortName(path)} ${start === end ? start : `${start}–${end}`}`;
  return [link, " "];
}

// As short_name of chat/core/citations.py.
function shortName(path) {
  const parts = path.match(/^(?:(.*):)?([^:]*)$/s).slice(1);
  return parts.flatMap((part) => part?.split("/").at(-1) ?? []).join(":");
}

function parsePlace(written) {
  const [, path, start, end] = WRITTEN.exec(written) ?? [];
  return path && { path, start: Number(start), end: Number(end) };
}

function markFailed(item) {
  item.dataset.state = "failed";
  item.querySelector("[data-part=step-failed]").hidden = false;
}

// A list of places that the reader has opened stays open.
function keepUse(former, item) {
  const places = "[data-part=step-places]";
  item.querySelector(places).open = former.querySelector(places).open;
}

function duration(ms) {
  if (ms === undefined) return "";
  return ms < 1000 ? `${ms} ms` : `${shortNumber(ms / 1000)} s`;
}

function shortNumber(seconds) {
  return (seconds < 10 ? seconds.toFixed(1) : seconds.toFixed(0)).replace(/\.0$/, "");
}
