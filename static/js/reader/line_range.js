// Lines of a file as addresses name them: #L10 or #L10-L20.

const FRAGMENT = /^#L(\d{1,9})(?:-L?(\d{1,9}))?$/;

/**
 * The lines that the fragment of an address names.
 *
 * @param {string} fragment
 * @returns {{start: number, end: number} | null}
 */
export function parseRange(fragment) {
  const match = FRAGMENT.exec(fragment);
  if (!match) return null;
  return orderedRange(Number(match[1]), Number(match[2] ?? match[1]));
}

/**
 * The range between two lines, whichever comes first.
 *
 * @param {number} one
 * @param {number} other
 * @returns {{start: number, end: number}}
 */
export function orderedRange(one, other) {
  return { start: Math.min(one, other), end: Math.max(one, other) };
}

/**
 * The fragment of lines, empty without any.
 *
 * @param {{start: number, end: number} | null} range
 * @returns {string}
 */
export function rangeFragment(range) {
  if (!range) return "";
  return range.start === range.end ? `#L${range.start}` : `#L${range.start}-L${range.end}`;
}

/**
 * The query by which the server begins at these lines, empty without any.
 *
 * @param {{start: number, end: number} | null} range
 * @returns {string}
 */
export function rangeQuery(range) {
  return range ? `?lines=${range.start}-${range.end}` : "";
}

/**
 * Whether a line, null if it is not on the page, is in view whole.
 *
 * @param {HTMLLIElement | null} row
 * @param {HTMLElement} box that scrolls
 */
export function isRowInView(row, box) {
  if (!row) return false;
  const [line, view] = [row.getBoundingClientRect(), box.getBoundingClientRect()];
  return line.top >= view.top && line.bottom <= view.bottom;
}

/** The number of a line. @param {HTMLLIElement} row */
export function lineNumber(row) {
  return row.value || Number(row.id.slice(1));
}
