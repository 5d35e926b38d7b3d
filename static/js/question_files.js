// The files of a question that was asked, as the page shows them.
import { cloneTemplate } from "./templates.js";
import { siteUrl } from "./urls.js";

/** @typedef {{id: string, name: string, media_type: string}} QuestionFile */

/** Whether a file is an image. @param {QuestionFile} file */
export function isImage({ media_type }) {
  return media_type.startsWith("image/");
}

/** The files of a question on the page. @param {HTMLElement} question @returns {QuestionFile[]} */
export function filesOf(question) {
  return [...question.querySelectorAll("[data-part=attachments] > li")].map(({ dataset }) => ({
    id: dataset.id,
    name: dataset.name,
    media_type: dataset.mediaType,
  }));
}

/**
 * Shows the files of a question.
 *
 * @param {HTMLElement} question
 * @param {QuestionFile[]} files
 */
export function showFiles(question, files) {
  question.querySelector("[data-part=attachments]").replaceChildren(...files.map(fileItem));
}

function fileItem(file) {
  const item = cloneTemplate("attachment-template");
  const address = siteUrl(`parts/attachments/${file.id}`);
  Object.assign(item.dataset, { id: file.id, name: file.name, mediaType: file.media_type });
  item.querySelector("a").href = address;
  item.querySelector("[data-part=name]").textContent = file.name;
  const image = item.querySelector("img");
  if (isImage(file)) image.src = address;
  else image.remove();
  return item;
}
