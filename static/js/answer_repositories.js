// Answers about several repositories: their paths begin with the name of one, `owner/repo:`.

const REPOSITORY = /\/r\/[0-9a-f-]{36}\//; // in an address of a page about one

/**
 * Notes which repositories an answer is about.
 *
 * @param {HTMLElement} answer
 * @param {{id: string, name: string}[] | undefined} repositories none where it is about one
 */
export function noteRepositories(answer, repositories) {
  if (!repositories) return;
  const ids = Object.fromEntries(repositories.map(({ id, name }) => [name, id]));
  answer.dataset.repositories = JSON.stringify(ids);
}

/**
 * The repository of a cited path, and the path there.
 *
 * @param {HTMLElement} cite
 * @param {string} ownRepository id of the repository of the page
 * @returns {{repository: string, path: string}} an empty id where the reader may not open it
 */
export function placeOfCite(cite, ownRepository) {
  const { path } = cite.dataset;
  const ids = JSON.parse(cite.closest(".answer")?.dataset.repositories ?? "{}");
  const names = Object.keys(ids).filter((each) => path.startsWith(`${each}:`));
  if (names.length === 0) return { repository: ownRepository, path };
  const name = names.reduce((a, b) => (a.length > b.length ? a : b));
  return { repository: ids[name], path: path.slice(name.length + 1) };
}

/** The same address about another repository. @param {string} url @param {string} repository */
export function urlOfRepository(url, repository) {
  return url.replace(REPOSITORY, `/r/${repository}/`);
}
