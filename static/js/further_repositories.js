// The repositories that questions are about besides that of the page: a chip each above the question,
// and "Also ask", where they are looked for.
import { translate } from "./i18n.js";
import { cloneTemplate } from "./templates.js";

const MAX_FURTHER = 5; // as chat/core/request.py

export class FurtherRepositories {
  /**
   * @param {HTMLElement} element
   * @param {HTMLElement} field where a question is typed
   */
  constructor(element, field) {
    this.element = element;
    this.field = field;
    this.chosen = document.getElementById("further-chosen");
    this.input = element.querySelector("input");
    this.list = element.querySelector(".found");
    this.help = element.querySelector("[role=status]");
    this.list.addEventListener("htmx:beforeSwap", () => {
      const { activeElement } = document;
      this.focusedId = this.list.contains(activeElement) ? activeElement.id : "";
    });
    this.list.addEventListener("htmx:afterSwap", () => this.showList());
    this.list.addEventListener("click", ({ target }) => this.choose(target.closest("button")));
    this.chosen.addEventListener("click", ({ target }) => {
      if (target.closest("button")) this.remove(target.closest("li"));
    });
    element.addEventListener("keydown", (event) => this.press(event));
    element.addEventListener("focusout", ({ relatedTarget }) => {
      if (!element.contains(relatedTarget)) this.list.hidden = true;
    });
    this.show();
  }

  /** The ids of those chosen. @returns {string[]} */
  get ids() {
    return [...this.chosen.children].map((item) => item.dataset.id);
  }

  /**
   * Asks one more, where there is room and it is not asked yet.
   *
   * @param {{id: string, name: string}} repository
   */
  add({ id, name }) {
    if (this.isFull || this.ids.includes(id)) return;
    const item = cloneTemplate("further-template");
    item.dataset.id = id;
    item.querySelector("[data-part=name]").textContent = name;
    const remove = item.querySelector("[data-part=remove]");
    remove.setAttribute("aria-label", `${remove.getAttribute("aria-label")}: ${name}`);
    this.chosen.append(item);
    this.show();
  }

  get isFull() {
    return this.chosen.children.length >= MAX_FURTHER;
  }

  choose(button) {
    if (!button) return;
    this.add(button.dataset);
    this.input.value = "";
    this.list.hidden = true;
    this.focus();
  }

  remove(item) {
    const wasOpen = this.element.contains(document.activeElement);
    item.remove();
    this.show();
    if (wasOpen) this.focus();
    else this.field.focus();
  }

  // Shows what was found, without what is chosen already; the focus stays where it was in the list.
  showList() {
    for (const { dataset, parentElement } of this.list.querySelectorAll("button")) {
      if (this.ids.includes(dataset.id)) parentElement.remove();
    }
    const isHere = this.focusedId || this.element.contains(document.activeElement);
    this.list.hidden = !isHere || this.list.children.length === 0;
    if (this.focusedId) (document.getElementById(this.focusedId) ?? this.input).focus();
  }

  show() {
    const { isFull } = this;
    this.input.hidden = isFull;
    this.help.textContent = isFull ? translate("furtherFull", { n: MAX_FURTHER }) : "";
  }

  focus() {
    const last = this.chosen.lastElementChild?.querySelector("button");
    (this.input.hidden ? last : this.input)?.focus();
  }

  press(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !this.list.hidden) this.move(event, step);
    else if (event.key === "Escape" && !this.list.hidden) this.hideList(event);
    else if (event.target === this.input) this.pressInField(event);
  }

  move(event, step) {
    event.preventDefault();
    const buttons = [...this.list.querySelectorAll("button")];
    (buttons[buttons.indexOf(document.activeElement) + step] ?? this.input).focus();
  }

  hideList(event) {
    event.preventDefault();
    event.stopPropagation(); // it would stop the answer
    this.list.hidden = true;
    this.input.focus();
  }

  pressInField(event) {
    if (event.key === "Enter") {
      event.preventDefault(); // it would ask
      if (!this.list.hidden) this.choose(this.list.querySelector("button"));
    }
    const last = this.chosen.lastElementChild;
    if (event.key === "Backspace" && !this.input.value && last) this.remove(last);
  }
}
