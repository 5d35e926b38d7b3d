// The scroll position of the thread: follows a running answer, and stays put when earlier turns are
// inserted above.

const END_PX = 80; // nearer to the end than this, the page follows the answer

export class ScrollPosition {
  /**
   * @param {HTMLElement} scroller
   */
  constructor(scroller) {
    this.scroller = scroller;
    this.fromEnd = null;
  }

  /** Whether the end is in sight. @returns {boolean} */
  get isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < END_PX;
  }

  /** Scrolls to the end. */
  toEnd() {
    this.scroller.scrollTo({ top: this.scroller.scrollHeight });
  }

  /** Changes the page; what is being read stays at the end, if it was there. */
  follow(change) {
    const { isAtEnd } = this;
    change();
    if (isAtEnd) this.toEnd();
  }

  /** Remembers the position before something is inserted above it. */
  save() {
    this.fromEnd = this.scroller.scrollHeight - this.scroller.scrollTop;
  }

  /** Goes back to the position that was saved, if one was. */
  restore() {
    if (this.fromEnd !== null) this.scroller.scrollTop = this.scroller.scrollHeight - this.fromEnd;
    this.fromEnd = null;
  }
}
