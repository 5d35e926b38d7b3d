// Loads the script of completion once something is typed.

/**
 * Where the server was not reached, the next thing that is typed tries again.
 *
 * @param {HTMLTextAreaElement} question
 * @param {string} url of what completes
 * @param {import("./further_repositories.js").FurtherRepositories} further
 */
export function loadCompletion(question, url, further) {
  async function start() {
    try {
      const { Completion } = await import("./completion.js");
      new Completion(question, url, further).update();
    } catch {
      question.addEventListener("input", start, { once: true });
    }
  }
  question.addEventListener("input", start, { once: true });
}
