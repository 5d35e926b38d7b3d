// The tree of files: what is open stays open, the file that is read is marked and in view.

const MOST_OPEN = 60; // folders that are remembered

export class FileTree {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.setting = `tree:${element.dataset.repository}`; // in sessionStorage: the open folders
    element.addEventListener("toggle", () => this.remember(), true);
    element.addEventListener("keydown", (event) => this.move(event));
  }

  /** Opens the folders that were open before, in this tab. */
  async restore() {
    for (const path of this.remembered()) await this.open(path);
  }

  /**
   * Marks a file and opens the folders above it.
   *
   * @param {string} path
   */
  async reveal(path) {
    this.element.querySelector("[aria-current]")?.removeAttribute("aria-current");
    const names = path.split("/");
    for (let depth = 1; depth < names.length; depth += 1) {
      await this.open(`${names.slice(0, depth).join("/")}/`);
    }
    const link = this.find("a", path);
    link?.setAttribute("aria-current", "page");
    link?.scrollIntoView({ block: "nearest" });
  }

  // Opens a folder; ends when its entries are there.
  async open(path) {
    const folder = this.find("details", path);
    if (!folder || folder.open) return;
    const isLoaded = "loaded" in folder.dataset || folder.querySelector("li");
    const loaded = isLoaded ? null : once(folder, "htmx:afterRequest");
    folder.open = true;
    await loaded;
  }

  find(tag, path) {
    return this.element.querySelector(`${tag}[data-path="${CSS.escape(path)}"]`);
  }

  remember() {
    const open = [...this.element.querySelectorAll("details[open]")].map((d) => d.dataset.path);
    sessionStorage.setItem(this.setting, JSON.stringify(open.slice(0, MOST_OPEN)));
  }

  remembered() {
    try {
      return JSON.parse(sessionStorage.getItem(this.setting)) ?? [];
    } catch {
      return [];
    }
  }

  // The arrow keys go through what is shown; to the side they open and close.
  move(event) {
    const shown = [...this.element.querySelectorAll("summary, a")].filter((e) =>
      e.checkVisibility(),
    );
    const at = shown.indexOf(event.target);
    const folder = event.target.closest("summary")?.parentElement;
    const next = {
      ArrowDown: () => shown[at + 1]?.focus(),
      ArrowUp: () => shown[at - 1]?.focus(),
      ArrowRight: () =>
        folder?.open ? shown[at + 1]?.focus() : folder && this.open(folder.dataset.path),
      ArrowLeft: () => this.closeOrLeave(event.target, folder),
    }[event.key];
    if (at < 0 || !next) return;
    event.preventDefault();
    next();
  }

  closeOrLeave(element, folder) {
    if (folder?.open) {
      folder.open = false;
      return;
    }
    const above = (folder ?? element).parentElement.closest("details");
    above?.querySelector("summary").focus();
  }
}

function once(element, name) {
  return new Promise((resolve) => {
    element.addEventListener(name, resolve, { once: true });
  });
}
