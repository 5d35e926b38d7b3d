// Addresses of a file's lines: at its host, and here at the commit that is indexed.
import { rangeFragment, rangeQuery } from "./line_range.js";

/**
 * Points the links to the host's pages of a file at lines, null for the whole file.
 *
 * @param {HTMLElement} element what the file is shown in
 * @param {{start: number, end: number} | null} range
 */
export function pointAtLines(element, range) {
  for (const link of element.querySelectorAll("a[data-lines-url]")) {
    const { dataset } = link;
    dataset.fileUrl ??= link.href;
    const isOfLines = range && dataset.linesUrl;
    link.href = isOfLines ? filledIn(dataset.linesUrl, range) : dataset.fileUrl;
  }
}

/** Where the link to the host's page leads; undefined without one. @param {HTMLElement} element */
export function hostLink(element) {
  return element.querySelector("#host-link")?.href;
}

/**
 * The page of lines here, which says when it is of another commit than the link.
 *
 * @param {string} path of the page
 * @param {string} commit
 * @param {{start: number, end: number} | null} range
 */
export function commitLink(path, commit, range) {
  const query = rangeQuery(range).replace("?", "&");
  return `${location.origin}${path}?commit=${commit}${query}${rangeFragment(range)}`;
}

function filledIn(url, { start, end }) {
  return url.replace("{start}", start).replace("{end}", end);
}
