// The source pane before it is opened: its scripts are loaded when a source is opened, or is about to be.
import { placeOfCite } from "./answer_repositories.js";
import { translate } from "./i18n.js";
import { preloadModules } from "./late_modules.js";
import { showLoadError } from "./page_updates.js";

const CITES = "a.cite, a.step-place";
const INTENTIONS = ["pointerover", "pointerdown", "focusin"];

export class PaneLoader {
  /**
   * @param {HTMLElement} element the pane
   * @param {HTMLElement} thread whose citations it opens
   */
  constructor(element, thread) {
    this.element = element;
    this.thread = thread;
    this.pane = null; // once its scripts are there
    this.loading = null;
    for (const name of INTENTIONS) {
      thread.addEventListener(name, ({ target }) => target.closest(CITES) && this.load());
    }
  }

  /** What its buttons do, by their data-action. */
  get actions() {
    return this.pane?.actions ?? {};
  }

  /** Whether the reader may open a citation here. @param {HTMLAnchorElement} cite */
  canOpen(cite) {
    return placeOfCite(cite, this.thread.dataset.repository).repository !== "";
  }

  /** Shows the lines of a citation. @param {HTMLAnchorElement} cite */
  async open(cite) {
    const pane = await this.load();
    await pane?.open(cite);
  }

  /** Shows the first citation of an answer, if it has one. @param {HTMLElement | undefined} answer */
  async openFirst(answer) {
    const pane = await this.load();
    pane?.openFirst(answer);
  }

  /**
   * The pane, with its scripts.
   *
   * @returns {Promise<import("./source_pane.js").SourcePane | null>} null if the server was not reached
   */
  load() {
    this.loading ??= this.start();
    return this.loading;
  }

  async start() {
    preloadModules(JSON.parse(this.element.dataset.modules));
    try {
      const { SourcePane } = await import("./source_pane.js");
      this.pane = new SourcePane(this.element, this.thread);
    } catch {
      this.loading = null;
      showLoadError(translate("silent"));
    }
    return this.pane;
  }
}
