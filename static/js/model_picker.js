// The list from which a model is chosen: made from a select element, which holds the choice.
import { bindArrowKeys } from "./quick_switcher.js";
import { cloneTemplate } from "./templates.js";

const FEW = 7; // models among which nobody needs to search

export class ModelPicker {
  /**
   * @param {HTMLSelectElement} select its optgroups are providers; `data-facts` of an option is shown
   * @param {HTMLDetailsElement} popup
   */
  constructor(select, popup) {
    this.select = select;
    this.popup = popup;
    this.name = document.getElementById("model-name");
    this.search = document.getElementById("model-search");
    this.list = document.getElementById("model-list");
    this.list.append(...[...select.options].map((option) => this.item(option)));
    this.search.hidden = select.options.length <= FEW;
    this.search.addEventListener("input", () => this.filter());
    this.search.addEventListener("keydown", (event) => this.press(event));
    this.list.addEventListener("click", ({ target }) => this.choose(target.closest("button")));
    bindArrowKeys(popup, this.search.id, "#model-list li:not([hidden]) button");
    popup.addEventListener("toggle", () => this.opened());
    select.addEventListener("change", () => this.show());
    this.show();
  }

  // Shows which model is chosen.
  show() {
    const [option] = this.select.selectedOptions;
    this.name.replaceChildren(option.text, providerPart(option));
    for (const button of this.buttons) {
      button.setAttribute("aria-pressed", String(button.value === option.value));
    }
  }

  get buttons() {
    return [...this.list.querySelectorAll("button")];
  }

  item(option) {
    const item = cloneTemplate("model-template");
    item.querySelector("button").value = option.value;
    item.querySelector("[data-part=name]").textContent = nameOf(option);
    item.querySelector("[data-part=facts]").textContent = option.dataset.facts ?? "";
    return item;
  }

  choose(button) {
    if (!button) return;
    this.select.value = button.value;
    this.select.dispatchEvent(new Event("change"));
    this.popup.open = false;
    this.popup.querySelector("summary").focus();
  }

  filter() {
    const words = this.search.value.toLowerCase().split(/\s+/);
    for (const item of this.list.children) {
      const text = item.textContent.toLowerCase();
      item.hidden = !words.every((word) => text.includes(word));
    }
  }

  // Enter chooses the first of what was found, instead of sending the question.
  press(event) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    this.choose(this.list.querySelector("li:not([hidden]) button"));
  }

  opened() {
    if (!this.popup.open) return;
    this.search.value = "";
    this.filter();
    const chosen = this.list.querySelector("[aria-pressed=true]");
    chosen?.scrollIntoView({ block: "nearest" });
    (this.search.hidden ? chosen : this.search)?.focus();
  }
}

// The model with its provider, where that writes.
function nameOf(option) {
  return option.text + providerOf(option);
}

function providerOf(option) {
  const { label, dataset } = option.parentElement;
  return dataset.generative === "false" ? "" : ` · ${label}`;
}

// On a phone there is no room for it.
function providerPart(option) {
  const part = document.createElement("span");
  part.dataset.part = "provider";
  part.textContent = providerOf(option);
  return part;
}
