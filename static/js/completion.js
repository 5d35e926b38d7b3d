// Completion in the question field: files and symbols behind `@`, repositories behind `#`. A list that
// the field controls; the focus stays in the field.
import { loadPart } from "./part_requests.js";

const TRIGGER = /(?<=^|[\s(])([@#])([^\s@#]{0,100})$/;
const DELAY_MS = 120;
const NOWHERE = -1; // in the text

export class Completion {
  /**
   * @param {HTMLTextAreaElement} field
   * @param {string} url of the suggestions
   * @param {import("./further_repositories.js").FurtherRepositories} further
   */
  constructor(field, url, further) {
    this.field = field;
    this.url = url;
    this.further = further;
    this.list = document.getElementById("completions");
    this.start = NOWHERE; // of what is completed
    this.closedAt = NOWHERE; // the start of what was left uncompleted
    this.timer = 0;
    // What an input method composes is not read before it is done.
    field.addEventListener("input", ({ isComposing }) => isComposing || this.update());
    field.addEventListener("compositionend", () => this.update());
    field.addEventListener("click", () => this.update());
    // Before others that wait for a key: it may be none of theirs.
    field.addEventListener("keydown", (event) => this.press(event), true);
    field.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus
    this.list.addEventListener("click", ({ target }) => this.choose(target.closest("li")));
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  get selected() {
    return this.list.querySelector("[aria-selected=true]");
  }

  /** Shows what completes the word before the caret, if it is one that can be completed. */
  update() {
    const typed = this.typed();
    clearTimeout(this.timer);
    if (!typed || typed.index === this.closedAt) {
      this.close();
      if (!typed) this.closedAt = NOWHERE;
      return;
    }
    this.start = typed.index;
    this.timer = setTimeout(() => this.load(typed), DELAY_MS);
  }

  // What stands before the caret to be completed.
  typed() {
    const { value, selectionStart, selectionEnd } = this.field;
    if (selectionStart !== selectionEnd) return null;
    return TRIGGER.exec(value.slice(Math.max(0, selectionStart - 200), selectionStart));
  }

  async load(typed) {
    const [, trigger, text] = typed;
    const query = new URLSearchParams({ q: text });
    if (trigger === "#") query.set("of", "repositories");
    for (const id of this.further.ids) query.append("also", id);
    const isLoaded = await loadPart(this.list, `${this.url}?${query}`);
    if (isLoaded && this.typed()?.[0] === typed[0] && document.activeElement === this.field) {
      this.open();
    }
  }

  open() {
    const { options } = this;
    this.list.hidden = options.length === 0;
    if (this.list.hidden) this.close();
    else this.select(options[0]);
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }

  select(option) {
    this.selected?.setAttribute("aria-selected", "false");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", option.id);
  }

  press(event) {
    if (this.list.hidden || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.move(step);
    else if (event.key === "Escape") {
      this.closedAt = this.start;
      this.close();
    } else if (isChoice(event)) this.choose(this.selected);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation(); // or it would ask, or stop the answer
  }

  move(step) {
    const { options } = this;
    const next = options.indexOf(this.selected) + step;
    this.select(options[(next + options.length) % options.length]);
  }

  choose(option) {
    const typed = this.typed();
    if (!option || !typed) return;
    const { text, id, name } = option.dataset;
    const caret = this.field.selectionStart;
    this.close();
    this.field.focus();
    this.field.setSelectionRange(caret - typed[0].length, caret);
    insert(this.field, `${text} `);
    if (id) this.further.add({ id, name });
  }
}

function isChoice({ key, shiftKey }) {
  return !shiftKey && (key === "Enter" || key === "Tab");
}

/**
 * Replaces the selected text of a field, so that it can be undone.
 *
 * @param {HTMLTextAreaElement} field has the focus
 * @param {string} text
 */
function insert(field, text) {
  if (document.execCommand("insertText", false, text)) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input"));
}
