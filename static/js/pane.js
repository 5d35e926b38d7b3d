// The source pane: opens at what is cited, goes from source to source, remembers its width.
import { say } from "./words.js";

const LEAST = 20;
const MOST = 70;

export class Pane {
  constructor(element, thread) {
    this.element = element;
    this.thread = thread;
    this.opener = null;
    this.grip = document.createElement("div");
    Object.assign(this.grip, { className: "grip", tabIndex: 0 });
    for (const [name, value] of Object.entries({ role: "separator", "aria-orientation": "vertical", "aria-label": say("resize"), "aria-valuemin": LEAST, "aria-valuemax": MOST })) this.grip.setAttribute(name, value);
    this.body = element.querySelector("#pane-body");
    element.prepend(this.grip);
    this.resize(Number(localStorage.getItem("pane")) || 42);
    this.grip.addEventListener("pointerdown", (event) => this.grip.setPointerCapture(event.pointerId));
    this.grip.addEventListener("pointermove", (event) => {
      if (this.grip.hasPointerCapture(event.pointerId)) this.resize(((innerWidth - event.clientX) / innerWidth) * 100);
    });
    this.grip.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: 2, ArrowRight: -2 }[event.key];
      if (step) { event.preventDefault(); this.resize(this.width + step); }
    });
  }

  resize(percent) {
    this.width = Math.min(MOST, Math.max(LEAST, percent));
    this.element.style.setProperty("--pane", `${this.width}vw`);
    this.grip.setAttribute("aria-valuenow", Math.round(this.width));
    localStorage.setItem("pane", this.width);
  }

  async open(cite) {
    this.opener = cite;
    const { path, start, end } = cite.dataset;
    this.element.hidden = false;
    try {
      await htmx.ajax("GET", `${this.thread.dataset.sourceUrl}?${new URLSearchParams({ path, start, end })}`, { target: this.body, swap: "innerHTML" });
    } finally {
      const source = this.element.querySelector(".source");
      const marked = this.element.querySelector(".marked");
      if (source && marked) source.scrollTop = marked.offsetTop - source.offsetTop - source.clientHeight / 4;
      (source ?? this.element.querySelector("button"))?.focus({ preventScroll: true });
    }
  }

  openFirst(answer) {
    const first = answer?.querySelector("a.cite");
    if (first) this.open(first);
  }

  // The places an answer names, in the order they stand there, each once.
  step(by) {
    if (this.element.hidden || !this.opener) return;
    const seen = new Set();
    const cites = [...(this.opener.closest(".answer") ?? this.thread).querySelectorAll("a.cite")].filter((cite) => {
      const key = `${cite.dataset.path}:${cite.dataset.start}-${cite.dataset.end}`;
      return !seen.has(key) && seen.add(key);
    });
    const { path, start, end } = this.opener.dataset;
    const at = cites.findIndex((cite) => cite.dataset.path === path && cite.dataset.start === start && cite.dataset.end === end);
    const next = cites[(at + by + cites.length) % cites.length];
    if (next) this.open(next);
  }

  // Was there anything to close?
  close() {
    if (this.element.hidden) return false;
    this.element.hidden = true;
    this.opener?.focus();
    return true;
  }
}
