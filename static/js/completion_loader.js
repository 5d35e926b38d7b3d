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
    const script = await import("./completion.js").catch(() => null);
    if (script) new script.Completion(question, url, further).update();
    else question.addEventListener("input", start, { once: true });
  }
  question.addEventListener("input", start, { once: true });
}
