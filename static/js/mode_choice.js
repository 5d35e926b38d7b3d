// How a question is answered: the choice, what it means, and what of it is for one question alone.
import { restoreChoice } from "./remembered_choice.js";

const RESEARCH = "research"; // the mode that is for one question

export class ModeChoice {
  /**
   * @param {HTMLSelectElement} select
   * @param {HTMLSelectElement} models
   */
  constructor(select, models) {
    this.select = select;
    this.models = models;
    this.help = document.getElementById("mode-help");
    restoreChoice(select, (mode) => mode !== RESEARCH);
    select.addEventListener("change", () => this.showHelp());
    models.addEventListener("change", () => this.show());
    this.showHelp();
    this.show();
  }

  // Without a language model there is one way to answer.
  show() {
    const { generative } = this.models.selectedOptions[0].parentElement.dataset;
    for (const element of [document.getElementById("mode-choice"), this.help]) {
      element.hidden = generative === "false";
    }
  }

  showHelp() {
    const [mode] = this.select.selectedOptions;
    this.help.textContent = mode.dataset.help;
  }

  /** Research is for one question, since it takes long: the next is asked as those before it. */
  leaveResearch() {
    if (this.select.value !== RESEARCH) return;
    this.select.value = localStorage.getItem("mode") ?? "auto";
    this.select.dispatchEvent(new Event("change"));
  }
}
