// Modules that are not loaded with the page, but when something is used for the first time.

/**
 * Begins to load modules, all at once: without this each would be known of when the one that imports
 * it is there.
 *
 * @param {string[]} addresses
 */
export function preloadModules(addresses) {
  const links = addresses.map((href) =>
    Object.assign(document.createElement("link"), { rel: "modulepreload", href }),
  );
  document.head.append(...links);
}
