// A drawing in a dialog as large as the window: it is made larger and smaller, moved with the pointer or
// the arrow keys, and saved.

const STEP = 1.25;
const LEAST = 0.1;
const MOST = 8;
const FIRST_MOST = 2; // times its own size, where the window has the room

export class DrawingView {
  /** @param {HTMLDialogElement} dialog from templates/chat/drawing_dialog.html */
  constructor(dialog) {
    this.dialog = dialog;
    this.view = this.part("view");
    this.part("smaller").addEventListener("click", () => this.resize(this.zoom / STEP));
    this.part("larger").addEventListener("click", () => this.resize(this.zoom * STEP));
    dialog.addEventListener("keydown", (event) => this.press(event));
    this.view.addEventListener("wheel", (event) => this.turnWheel(event));
    this.bindDrag();
  }

  /**
   * Shows a copy of a drawing, fitted to the window.
   *
   * @param {HTMLElement} figure with its pictures, and perhaps links over them
   */
  open(figure) {
    const [picture] = [...figure.querySelectorAll("img")].filter((one) => one.checkVisibility());
    if (!picture) return;
    const copy = (figure.querySelector(".drawing") ?? picture).cloneNode(true);
    for (const image of copy.querySelectorAll("img")) {
      if (image.className !== picture.className) image.remove(); // that of the other theme
    }
    copy.addEventListener("click", ({ target }) => target.closest("a") && this.dialog.close());
    this.part("save").href = picture.src;
    this.view.replaceChildren(copy);
    this.dialog.showModal();
    const { clientWidth, clientHeight } = this.view;
    const [width, height] = ["width", "height"].map((name) => Number(picture.getAttribute(name)));
    this.resize(Math.min(FIRST_MOST, clientWidth / width, clientHeight / height));
  }

  // What is in the middle of the view stays there.
  resize(zoom) {
    const { view } = this;
    const before = this.zoom;
    const middle = [view.scrollLeft + view.clientWidth / 2, view.scrollTop + view.clientHeight / 2];
    this.zoom = Math.min(MOST, Math.max(LEAST, zoom));
    view.style.setProperty("--zoom", this.zoom);
    this.part("zoom").textContent = `${Math.round(this.zoom * 100)} %`;
    const [left, top] = middle.map((place) => (place * this.zoom) / (before ?? this.zoom));
    view.scrollTo(left - view.clientWidth / 2, top - view.clientHeight / 2);
  }

  press(event) {
    const factor = { "+": STEP, "=": STEP, "-": 1 / STEP }[event.key];
    if (!factor || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.resize(this.zoom * factor);
  }

  // With Ctrl, as a pinch on a touch pad arrives; alone it scrolls.
  turnWheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.resize(this.zoom * STEP ** (-event.deltaY / 100));
  }

  bindDrag() {
    const { view } = this;
    view.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.target.closest("a")) return; // touch scrolls
      event.preventDefault();
      view.focus();
      view.setPointerCapture(event.pointerId);
    });
    view.addEventListener("pointermove", ({ pointerId, movementX, movementY }) => {
      if (view.hasPointerCapture(pointerId)) view.scrollBy(-movementX, -movementY);
    });
  }

  part(name) {
    return this.dialog.querySelector(`[data-part=${name}]`);
  }
}
