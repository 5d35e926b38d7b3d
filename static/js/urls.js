// Addresses of this site, which may be served below a path of its host.

const base = document.documentElement.dataset.base;

/**
 * The path of a page or endpoint.
 *
 * @param {string} path below the site's root, without a leading slash
 * @returns {string}
 */
export function siteUrl(path) {
  return `${base}${path}`;
}

/** The address of the chat protocol's WebSocket. @returns {string} */
export function socketUrl() {
  const url = new URL(siteUrl("ws/chat"), location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
