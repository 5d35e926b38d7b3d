// Tells that the repository was updated while its files are read: what the page shows is of the state before.

const EVERY_MS = 60_000;

export class UpdateNotice {
  /** @param {HTMLElement} element where the notice is put */
  constructor(element) {
    this.element = element;
    setInterval(() => this.check(), EVERY_MS);
    document.addEventListener("visibilitychange", () => this.check());
  }

  /** Tells of an update at once when a file is of another commit. @param {string} [commit] */
  compare(commit) {
    if (commit && commit !== this.element.dataset.commit) this.check();
  }

  // Asks whether there is a newer state, while nobody has been told of one and the page is seen.
  async check() {
    if (document.hidden || this.element.firstElementChild) return;
    const { url, commit } = this.element.dataset;
    const response = await fetch(`${url}?${new URLSearchParams({ commit })}`).catch(() => null);
    if (response?.status !== 200 || response.redirected) return;
    const html = await response.text();
    const part = new DOMParser().parseFromString(html, "text/html").querySelector(".banner");
    if (part && !this.element.firstElementChild) this.element.append(part);
  }
}
