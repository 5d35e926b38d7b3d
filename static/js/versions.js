// Going from one version of a question to another, in place. Each has an address of its own, so the
// browser's back and forward go through them.

let shown = location.search; // of the address whose branch is on the page

/**
 * Shows the version a link leads to. The question stays where it is in the window.
 *
 * @param {HTMLAnchorElement} link
 * @param {import("./thread.js").Thread} thread
 */
export async function showVersion(link, thread) {
  const { rel, href } = link;
  const id = new URL(href).searchParams.get("at");
  if (!(await showBranch(href, thread, link.closest(".question"), id))) return;
  history.pushState(null, "", href);
  shown = location.search;
  const versions = findQuestion(thread.element, id)?.querySelector(".versions");
  const next = versions?.querySelector(`a[rel=${rel}]`) ?? versions?.querySelector("a");
  next?.focus({ preventScroll: true });
}

/**
 * Shows the previous (-1) or the next (1) version of the question that has the focus, else of the
 * last one.
 *
 * @param {number} by
 * @param {import("./thread.js").Thread | null} thread
 */
export function stepVersion(by, thread) {
  if (!thread || thread.isRunning) return;
  const turn = document.activeElement?.closest("[data-turn]");
  const question = turn?.matches(".answer") ? turn.previousElementSibling : turn;
  const last = [...thread.element.querySelectorAll(".question")].at(-1);
  const link = (question ?? last)?.querySelector(`a[rel=${by < 0 ? "prev" : "next"}]`);
  if (link) showVersion(link, thread);
}

/** Shows the branch of an address that the browser goes back or forward to. */
export function followHistory(thread) {
  addEventListener("popstate", () => {
    if (location.search === shown) return; // another part of the same page
    shown = location.search;
    if (thread.isRunning) location.reload();
    else showBranch(location.href, thread, firstInView(thread.element));
  });
}

/** Something was asked: the address no longer names a branch, its newest one is meant. */
export function leaveBranch() {
  if (!location.search) return;
  history.replaceState(null, "", location.pathname);
  shown = "";
}

// The question at the same place from the start takes the place of the one that is kept in view.
async function showBranch(url, thread, question, id) {
  const number = [...thread.element.querySelectorAll(".question")].indexOf(question);
  const show = async () => {
    await replaceThread(thread.element, url);
    const sameNumber = [...thread.element.querySelectorAll(".question")][number] ?? null;
    return (id && findQuestion(thread.element, id)) || sameNumber;
  };
  try {
    await thread.position.keep(question, show);
  } catch {
    location.assign(url);
    return false;
  }
  thread.resumeRunning();
  return true;
}

async function replaceThread(element, url) {
  const response = await fetch(url, { headers: { "HX-Request": "true", "HX-Target": element.id } });
  if (!response.ok) throw new Error(response.statusText);
  htmx.swap(element, await response.text(), { swapStyle: "innerHTML" });
}

function firstInView(element) {
  const questions = [...element.querySelectorAll(".question")];
  const top = element.parentElement.getBoundingClientRect().top;
  return questions.find((one) => one.getBoundingClientRect().bottom > top) ?? questions.at(-1);
}

// The question with an id, or the one before the answer with that id.
function findQuestion(element, id) {
  const turn = element.querySelector(`[data-message="${id}"]`);
  return turn?.matches(".answer") ? turn.previousElementSibling : turn;
}
