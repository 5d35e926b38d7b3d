// Long texts that are pasted into the question: each is a chip, and stands between fences of its own
// behind what is typed (chat/core/pasted_text.py reads them). The question on the page folds them.
import { plural, translate } from "./i18n.js";
import { cloneTemplate } from "./templates.js";

const MAX_CHARS = 2000; // a longer paste folds
const MAX_LINES = 30;
const OPENING = /^(`{3,})pasted$/;

/**
 * A question without its pasted texts, and these.
 *
 * @param {string} question
 * @returns {{typed: string, pasted: string[]}}
 */
export function splitPasted(question) {
  const lines = question.split("\n");
  const typed = [];
  const pasted = [];
  for (let number = 0; number < lines.length; number += 1) {
    const fence = OPENING.exec(lines[number])?.[1];
    const end = fence ? lines.indexOf(fence, number + 1) : -1;
    if (end < 0) typed.push(lines[number]);
    else {
      pasted.push(lines.slice(number + 1, end).join("\n"));
      number = end;
    }
  }
  return { typed: typed.join("\n").trim(), pasted };
}

/**
 * The question that `splitPasted` splits.
 *
 * @param {string} typed
 * @param {string[]} pasted
 * @returns {string}
 */
export function joinPasted(typed, pasted) {
  return [typed, ...pasted.map(fenced)].filter(Boolean).join("\n\n");
}

/** How a pasted text is named. @param {string} text @returns {string} */
export function pastedName(text) {
  const count = text.split("\n").length;
  const shown = count.toLocaleString(document.documentElement.lang);
  return translate("pastedText", { lines: plural("lines", count, shown) });
}

/**
 * Shows a question that was asked, its pasted texts folded.
 *
 * @param {HTMLElement} question
 * @param {string} text
 */
export function showQuestion(question, text) {
  const { typed, pasted } = splitPasted(text);
  question.querySelector("[data-part=text]").textContent = typed;
  const items = pasted.map((one) => {
    const item = cloneTemplate("pasted-template");
    item.querySelector("summary").textContent = pastedName(one);
    item.querySelector("pre").textContent = one;
    return item;
  });
  question.querySelector("[data-part=pasted]").replaceChildren(...items);
}

/** The texts that were pasted into a question on the page. @param {HTMLElement} question */
export function pastedInto(question) {
  return [...question.querySelectorAll("[data-part=pasted] pre")].map((pre) => pre.textContent);
}

export class PastedTexts {
  /**
   * @param {HTMLTextAreaElement} field
   * @param {() => void} onChange
   */
  constructor(field, onChange) {
    this.field = field;
    this.onChange = onChange;
    this.texts = [];
    this.list = document.getElementById("pasted-chosen");
    this.dialog = document.getElementById("pasted");
    this.editor = this.dialog.querySelector("textarea");
    this.opened = -1; // which text the dialog shows
    field.addEventListener("paste", (event) => this.paste(event));
    this.list.addEventListener("click", ({ target }) => this.press(target.closest("button")));
    this.dialog.addEventListener("close", () => this.closed());
  }

  /** What is sent: what is typed and pasted. @returns {string} */
  get question() {
    return joinPasted(this.field.value.trim(), this.texts);
  }

  /** Shows a question to go on with. @param {string} question */
  restore(question) {
    const { typed, pasted } = splitPasted(question);
    this.field.value = pasted.length ? typed : question;
    this.show(pasted);
  }

  show(texts) {
    this.texts = texts;
    this.list.replaceChildren(...texts.map(chip));
  }

  change(texts) {
    this.show(texts);
    this.onChange();
  }

  paste(event) {
    const text = event.clipboardData.getData("text/plain").replaceAll("\r\n", "\n");
    if (text.length <= MAX_CHARS && text.split("\n").length <= MAX_LINES) return;
    event.preventDefault();
    this.change([...this.texts, text.replace(/\n+$/, "")]);
  }

  press(button) {
    if (!button) return;
    const number = [...this.list.children].indexOf(button.closest("li"));
    if (button.dataset.part === "remove") {
      this.change(this.texts.toSpliced(number, 1));
      this.field.focus();
    } else this.open(number);
  }

  open(number) {
    this.opened = number;
    this.dialog.returnValue = "";
    this.editor.value = this.texts[number];
    this.dialog.showModal();
    this.editor.setSelectionRange(0, 0);
    this.editor.scrollTop = 0;
  }

  closed() {
    const { value } = this.editor;
    const isKept = this.dialog.returnValue === "keep" && value.trim() !== "";
    if (isKept) this.change(this.texts.with(this.opened, value));
    this.field.focus();
  }
}

function chip(text) {
  const item = cloneTemplate("pasted-chip-template");
  const name = pastedName(text);
  item.querySelector("[data-part=name]").textContent = name;
  const remove = item.querySelector("[data-part=remove]");
  remove.setAttribute("aria-label", `${remove.getAttribute("aria-label")}: ${name}`);
  return item;
}

// More backticks than in any run of the text, so that no line of it ends the fence.
function fenced(text) {
  const runs = text.match(/`+/g) ?? [];
  const longest = runs.reduce((most, run) => Math.max(most, run.length), 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}pasted\n${text}\n${fence}`;
}
