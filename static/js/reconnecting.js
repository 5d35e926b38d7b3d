// When to try a connection again: at once, after growing pauses, and as soon as the network or the
// reader comes back.

const DELAYS_MS = [0, 1000, 2000, 3000, 5000, 10_000, 15_000, 30_000];

export class Backoff {
  /**
   * @param {() => void} onReturn called when the network or the reader comes back: a connection that
   *   seems open may be dead
   */
  constructor(onReturn) {
    this.attempts = 0; // in a row, without success
    this.skip = () => {}; // ends the pause
    const handleReturn = () => {
      onReturn();
      this.skip();
    };
    addEventListener("online", handleReturn);
    addEventListener("pageshow", handleReturn);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") handleReturn();
    });
  }

  /** A success: the next attempt comes at once. */
  reset() {
    this.attempts = 0;
  }

  /** Waits until the next attempt is due. @returns {Promise<void>} */
  async wait() {
    const delay = DELAYS_MS[Math.min(this.attempts, DELAYS_MS.length - 1)];
    this.attempts += 1;
    if (delay === 0) return;
    let timeout;
    await new Promise((resolve) => {
      this.skip = resolve;
      timeout = setTimeout(resolve, delay);
    });
    clearTimeout(timeout);
    this.skip = () => {};
  }
}
