// Going from one version of a question to another, in place.

/**
 * Shows the version a link leads to. The question stays where it is in the window.
 *
 * @param {HTMLAnchorElement} link
 * @param {import("./thread.js").Thread} thread
 */
export async function showVersion(link, thread) {
  const { rel, href } = link;
  const id = new URL(href).searchParams.get("at");
  const show = async () => {
    await replaceThread(thread.element, href);
    return findQuestion(thread.element, id);
  };
  try {
    await thread.position.keep(link.closest(".question"), show);
  } catch {
    location.assign(href);
    return;
  }
  history.replaceState(null, "", href);
  const versions = findQuestion(thread.element, id)?.querySelector(".versions");
  const next = versions?.querySelector(`a[rel=${rel}]`) ?? versions?.querySelector("a");
  next?.focus({ preventScroll: true });
  thread.resumeRunning();
}

async function replaceThread(element, url) {
  const response = await fetch(url, { headers: { "HX-Request": "true", "HX-Target": element.id } });
  if (!response.ok) throw new Error(response.statusText);
  htmx.swap(element, await response.text(), { swapStyle: "innerHTML" });
}

// The question with an id, or the one before the answer with that id.
function findQuestion(element, id) {
  const turn = element.querySelector(`[data-message="${id}"]`);
  return turn?.matches(".answer") ? turn.previousElementSibling : turn;
}
