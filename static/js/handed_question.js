// A question that a page hands to another page of this tab, which asks it. Kept in the tab, not in the
// address: a link from elsewhere asks nothing.

const SETTING = "handed-question"; // in sessionStorage: {path, text}

/**
 * Hands a question to the page at an address, which is to be opened next.
 *
 * @param {string} url
 * @param {string} text
 */
export function handQuestionTo(url, text) {
  const { pathname } = new URL(url, location.href);
  sessionStorage.setItem(SETTING, JSON.stringify({ path: pathname, text }));
}

/** The question that was handed to this page, once. @returns {string} */
export function takeHandedQuestion() {
  const handed = JSON.parse(sessionStorage.getItem(SETTING) ?? "null");
  if (handed?.path !== location.pathname) return "";
  sessionStorage.removeItem(SETTING);
  return handed.text;
}
