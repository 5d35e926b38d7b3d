/**
 * A copy of the element inside a `<template>` of templates/chat/script_templates.html.
 *
 * @param {string} id
 * @returns {HTMLElement}
 */
export function cloneTemplate(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}
