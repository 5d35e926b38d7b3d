// The theme that the button of the header switches to; the server keeps it in a cookie.

/** Shows a theme at once, before the server has answered. @param {string} theme empty: the system's */
export function applyTheme(theme) {
  const { dataset } = document.documentElement;
  if (theme) dataset.theme = theme;
  else delete dataset.theme;
}
