// The card of a name: its definition, shown under the pointer or the focus.
import { unwrapWord, wordRectangle, wrapWord } from "./words.js";

const MOST_KEPT = 200; // cards of names
const MARGIN = 8; // pixels from the edges of the window

export class NameCard {
  /**
   * @param {HTMLElement} element
   * @param {import("./code_page.js").CodePage | import("../pane_code.js").PaneCode} page
   */
  constructor(element, page) {
    this.element = element;
    this.page = page;
    this.kept = new Map();
    this.word = null; // what the card is about
    this.mark = null; // the element made of it
  }

  /**
   * Shows the card of a word, unless it is hidden or another is shown before it has come.
   *
   * @param {import("./words.js").Word} word
   * @param {{focus?: boolean, empty?: boolean}} options whether the word gets the focus, and whether
   *   a card without definitions is shown, too
   */
  async show(word, { focus = false, empty = false } = {}) {
    if (this.mark?.contains(word.node) || (this.word && isSame(this.word, word))) return;
    this.hide();
    this.word = word;
    if (focus) this.markWord(focus);
    const card = await this.load(word);
    if (this.word !== word || !card) return;
    if (!empty && card.dataset.found === "0") return;
    const rectangle = this.mark?.getBoundingClientRect() ?? wordRectangle(word);
    this.markWord(false);
    this.element.replaceChildren(card.cloneNode(true));
    this.element.hidden = false;
    this.place(rectangle);
    if (focus) announce(card);
  }

  /** Hides the card. @returns {boolean} false when none was shown */
  hide() {
    const wasShown = !this.element.hidden;
    this.element.hidden = true;
    this.word = null;
    if (this.mark) unwrapWord(this.mark);
    this.mark = null;
    return wasShown;
  }

  /**
   * What is known of a word: an element whose data say where to go; null if it could not be loaded.
   *
   * @param {import("./words.js").Word} word
   * @returns {Promise<HTMLElement | null>}
   */
  async load(word) {
    const query = this.query(word);
    if (!this.kept.has(query)) {
      const response = await fetch(`${this.page.element.dataset.nameUrl}?${query}`).catch(
        () => null,
      );
      if (!response?.ok) return null;
      const html = await response.text();
      if (this.kept.size >= MOST_KEPT) this.kept.clear();
      const parsed = new DOMParser().parseFromString(html, "text/html");
      this.kept.set(query, parsed.querySelector(".card-body"));
    }
    return this.kept.get(query);
  }

  /** The query of a word for the server. @param {import("./words.js").Word} word */
  query({ name, line }) {
    return new URLSearchParams({ name, path: this.page.path, line }).toString();
  }

  // The word becomes an element; not while text is being selected.
  markWord(focus) {
    if (this.mark || (!focus && !getSelection().isCollapsed)) return;
    this.mark = wrapWord(this.word);
    if (focus) this.mark.focus({ preventScroll: true });
    this.mark.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  // Below the word, or above it where that has more room.
  place(rectangle) {
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const left = Math.min(rectangle.left, innerWidth - width - MARGIN);
    const isBelow = rectangle.bottom + height + MARGIN < innerHeight;
    const top = isBelow ? rectangle.bottom + 2 : Math.max(MARGIN, rectangle.top - height - 2);
    this.element.style.left = `${Math.max(MARGIN, left)}px`;
    this.element.style.top = `${top}px`;
  }
}

/** Tells a screen reader what a card says first. @param {HTMLElement} card */
function announce(card) {
  const parts = [...card.querySelectorAll(":scope > :not(.card-actions)")].slice(0, 3);
  const text = parts.map((part) => part.textContent.trim().replace(/\s+/g, " ")).join(". ");
  document.getElementById("announce").textContent = text;
}

function isSame(one, other) {
  return one.line === other.line && one.name === other.name && one.node === other.node;
}
