// The open conversation as a whole: its address and title, and what is left when it is deleted.
import { reloadPart } from "./part_reloads.js";
import { splitPasted } from "./pasted_texts.js";

const TITLE_CHARS = 80;

/**
 * The first question was accepted: the page is that of its conversation from now on.
 *
 * @param {string} url
 * @param {string} question
 */
export function showConversation(url, question) {
  history.replaceState(null, "", url);
  document.title = `${splitPasted(question).typed.slice(0, TITLE_CHARS)} · DeepWiki`;
  const share = document.getElementById("share");
  share.setAttribute("hx-get", `${url}shares`);
  share.hidden = false;
  htmx.process(share);
  reloadPart("rail");
}

/**
 * Follows the deletion of the open conversation, and its return: nothing can be asked in between.
 * And its title.
 *
 * @param {import("./composer.js").Composer} composer
 * @param {() => void} stop stops the running answer
 */
export function followDeletion(composer, stop) {
  const show = ({ detail }, isDeleted) => {
    if (!detail.ids.includes(composer.conversation)) return;
    if (isDeleted) stop();
    composer.form.hidden = isDeleted;
    document.getElementById("share").hidden = isDeleted;
    document.getElementById("deleted").hidden = !isDeleted;
    if (isDeleted) document.getElementById("deleted").focus();
  };
  document.body.addEventListener("conversation-deleted", (event) => show(event, true));
  document.body.addEventListener("conversation-restored", (event) => show(event, false));
  document.body.addEventListener("conversation-renamed", ({ detail }) => {
    if (detail.id === composer.conversation) document.title = `${detail.title} · DeepWiki`;
  });
}
