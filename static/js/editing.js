// Versions of a question: an edited question, or the same one asked again, stands beside the first
// version with an answer of its own.
import { AnswerView } from "./answer_view.js";
import { isSubmitKey } from "./composer.js";
import { translate } from "./i18n.js";
import { joinPasted, pastedInto, splitPasted } from "./pasted_texts.js";
import { filesOf } from "./question_files.js";
import { cloneTemplate } from "./templates.js";

/**
 * Turns a question into a form.
 *
 * @param {HTMLElement} question
 * @param {import("./thread.js").Thread} thread where the edited question is asked
 * @param {string} [draft] the text to begin with; the question's own if it is left out
 */
export function editQuestion(question, thread, draft) {
  if (question.querySelector("form")) return;
  const text = question.querySelector("[data-part=text]");
  const form = cloneTemplate("edit-template");
  const field = form.querySelector("textarea");
  const close = () => {
    form.remove();
    text.hidden = false;
    question.querySelector("[data-action=edit]").focus();
  };
  field.value = draft ?? text.textContent;
  text.hidden = true;
  text.after(form);
  field.focus();
  bindForm(form, close, () => {
    const edited = field.value.trim();
    if (!edited || thread.isRunning) return;
    close();
    askVersion(question, thread, joinPasted(edited, pastedInto(question)));
  });
}

/**
 * Asks the question of an answer once more.
 *
 * @param {HTMLElement} answer
 * @param {import("./thread.js").Thread} thread
 */
export function askAgain(answer, thread) {
  const question = answer.previousElementSibling;
  const { textContent } = question.querySelector("[data-part=text]");
  const text = joinPasted(textContent, pastedInto(question));
  askVersion(question, thread, text, { regenerate: true });
}

function bindForm(form, close, submit) {
  const field = form.querySelector("textarea");
  form.querySelector("[data-part=cancel]").addEventListener("click", close);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation(); // the answer above goes on
      close();
    } else if (isSubmitKey(event)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}

// Everything from the question on gives way to the new version. It comes back if that is refused.
function askVersion(question, thread, text, options = {}) {
  const extra = { ...options, files: filesOf(question) };
  const edit = question.dataset.message || question.nextElementSibling?.dataset.message;
  if (!edit) {
    thread.ask(text, extra);
    return;
  }
  const replaced = [question];
  while (replaced.at(-1).nextElementSibling) replaced.push(replaced.at(-1).nextElementSibling);
  for (const turn of replaced) turn.remove();
  const version = thread.ask(text, { ...extra, edit }, replaced);
  showVersion(version, Number(question.dataset.versions || 1) + 1, question.dataset.last || edit);
}

// Numbers the newest version; `previous` is the last message of the version before.
function showVersion(question, count, previous) {
  Object.assign(question.dataset, { versions: count, last: previous });
  const versions = question.querySelector("[data-part=versions]");
  const link = cloneTemplate("previous-version-template");
  link.href = `?at=${previous}`;
  versions.prepend(link);
  const label = translate("version", { n: count, of: count });
  versions.querySelector("[data-part=version]").textContent = label;
  versions.hidden = false;
}

/**
 * A refused version costs nothing: the thread is as it was, with the form open to try again.
 *
 * @param {import("./thread.js").Thread} thread
 * @param {AnswerView} answer the one that was refused
 * @param {{replaced: HTMLElement[], problem: string, question: string}} former its turns, why it was
 *   refused, and what was typed
 */
export function restoreTurns(thread, answer, { replaced, problem, question }) {
  answer.question.remove();
  answer.element.remove();
  thread.element.append(...replaced);
  const last = new AnswerView(replaced.at(-1));
  last.addNotice(problem, { isProblem: true, part: "ending" });
  editQuestion(replaced[0], thread, splitPasted(question).typed);
}
