// The scroll position of the thread: follows a running answer until the reader scrolls up, and stays
// put when something is inserted above or replaced.

const END_PX = 80; // nearer to the end than this, the page follows the answer
const GAP_PX = 8; // between what is brought into view and the question field

export class ScrollPosition {
  /**
   * @param {HTMLElement} scroller
   */
  constructor(scroller) {
    this.scroller = scroller;
    this.fromEnd = null;
    this.isFollowing = false;
    this.isGrowing = false; // an answer is being written: who scrolls to the end follows it
    this.noteSize();
    scroller.addEventListener("scroll", () => this.noteScroll(), { passive: true });
    // Images and fonts get their size late, and a field may grow below.
    const observer = new ResizeObserver(() => {
      this.followEnd();
      this.noteSize();
    });
    for (const child of scroller.children) observer.observe(child);
    this.keepRoomFor(scroller.querySelector("form.composer"));
  }

  /** Whether the end is in sight. @returns {boolean} */
  get isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < END_PX;
  }

  /** Scrolls to the end and stays there while the page grows. */
  toEnd() {
    this.isFollowing = true;
    this.followEnd();
  }

  /** Brings an element to the top of the window, and stays there. @param {Element} element */
  standAt(element) {
    this.isFollowing = false;
    element.scrollIntoView({ block: "start" });
  }

  /** The page no longer follows: what grows from now on was opened by the reader. */
  stopFollowing() {
    this.isFollowing = false;
  }

  /**
   * Changes the page; what takes an element's place stands where that stood in the window.
   *
   * @param {Element} element
   * @param {() => Promise<Element | null>} change gives what took its place
   */
  async keep(element, change) {
    this.isFollowing = false;
    const before = element.getBoundingClientRect().top;
    const next = await change();
    if (next) this.scroller.scrollTop += next.getBoundingClientRect().top - before;
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

  followEnd() {
    if (this.isFollowing) this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  // A page that got shorter moves up by itself; one that moves up otherwise was scrolled.
  noteScroll() {
    const { scrollTop, scrollHeight } = this.scroller;
    if (scrollTop < this.lastTop - 1 && scrollHeight >= this.lastHeight) this.isFollowing = false;
    else if (scrollTop > this.lastTop && this.isAtEnd) this.isFollowing ||= this.isGrowing;
    this.noteSize();
  }

  noteSize() {
    this.lastTop = this.scroller.scrollTop;
    this.lastHeight = this.scroller.scrollHeight;
  }

  // What is scrolled into view must not lie behind the question field.
  keepRoomFor(composer) {
    if (!composer) return;
    const setRoom = () => {
      this.scroller.style.scrollPaddingBlockEnd = `${composer.offsetHeight + GAP_PX}px`;
    };
    new ResizeObserver(setRoom).observe(composer);
  }
}
