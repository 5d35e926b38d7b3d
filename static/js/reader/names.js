// What a name in a file leads to: its card under the pointer, its definition, its uses.
import { NameCard } from "./name_card.js";
import { wordAtPoint } from "./words.js";

const HOVER_MS = 350;
const LEAVE_MS = 250;

export class Names {
  /**
   * @param {import("./code_page.js").CodePage | import("../pane_code.js").PaneCode} page
   * @param {import("./code_panel.js").CodePanel} panel
   * @param {HTMLElement} card
   */
  constructor(page, panel, card) {
    this.page = page;
    this.panel = panel;
    this.card = new NameCard(card, page);
    page.element.addEventListener("pointermove", (event) => this.point(event));
    page.element.addEventListener("pointerleave", () => this.leave());
    page.element.addEventListener("click", (event) => this.click(event));
    page.element.addEventListener("scroll", () => this.scrolled(), true);
    card.addEventListener("pointerenter", () => clearTimeout(this.timer));
    card.addEventListener("pointerleave", () => this.leave());
    page.element.addEventListener("htmx:beforeSwap", ({ target }) => {
      if (target.id !== "code-outline") this.card.hide();
    });
  }

  /** Goes to what the name of the card means; to its uses with `uses`, or from the definition. */
  async follow(uses = false) {
    const { word } = this.card;
    if (!word) return;
    const card = await this.card.load(word);
    if (!card || uses || "definition" in card.dataset) this.open("references", word);
    else if (card.dataset.target) this.goTo(card.dataset.target);
    else if (card.dataset.found !== "0") this.open("definitions", word);
    else this.card.show(word, { empty: true });
  }

  /**
   * Opens a part about the name of the card in the panel.
   *
   * @param {"definitions" | "references" | "callers"} part
   */
  open(part, word = this.card.word) {
    if (!word) return;
    const query = this.card.query(word);
    this.card.hide();
    this.panel.open(part, query);
  }

  /** Hides the card; a line gets the focus of its name. @returns {boolean} false when none was shown */
  closeCard() {
    const { mark } = this.card;
    const row = mark && mark === document.activeElement ? mark.closest("li") : null;
    if (!this.card.hide()) return false;
    row?.focus({ preventScroll: true });
    return true;
  }

  goTo(url) {
    this.card.hide();
    this.page.follow(url);
  }

  point(event) {
    if (event.pointerType === "touch" || event.buttons) return;
    clearTimeout(this.timer);
    const word = this.wordOf(event);
    if (word) this.timer = setTimeout(() => this.card.show(word), HOVER_MS);
    else this.leave();
  }

  // A card that a key has opened stays until another key closes it.
  leave() {
    clearTimeout(this.timer);
    if (this.card.mark === document.activeElement && this.card.mark) return;
    this.timer = setTimeout(() => this.card.hide(), LEAVE_MS);
  }

  scrolled() {
    if (this.card.mark !== document.activeElement) this.card.hide();
  }

  async click(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest("a, button") || !getSelection().isCollapsed) return;
    const word = this.wordOf(event);
    if (!word) return;
    clearTimeout(this.timer);
    if (event.pointerType === "touch") {
      await this.card.show(word, { empty: true });
      return;
    }
    this.card.word ??= word;
    await this.follow();
  }

  wordOf(event) {
    if (!event.target.closest("[data-code] code")) return null;
    return wordAtPoint(event.clientX, event.clientY);
  }
}
