// The composer: the question field with its draft, the choice of model and language, the options.
import { Attachments } from "./attachments.js";
import { loadCompletion } from "./completion_loader.js";
import { forgetSent, loadDraft, messageId, saveDraft } from "./drafts.js";
import { FurtherRepositories } from "./further_repositories.js";
import { ModeChoice } from "./mode_choice.js";
import { ModelPicker } from "./model_picker.js";
import { PastedTexts } from "./pasted_texts.js";
import { closePopups } from "./popups.js";
import { restoreChoice } from "./remembered_choice.js";

const OPTIONS = ["filePath", "included_dirs", "included_files", "excluded_dirs", "excluded_files"];

export class Composer {
  /**
   * @param {HTMLFormElement} form
   */
  constructor(form) {
    this.form = form;
    this.fields = form.elements;
    this.question = document.getElementById("question");
    this.further = new FurtherRepositories(document.getElementById("further"), this.question);
    loadCompletion(this.question, form.dataset.completionsUrl, this.further);
    this.pasted = new PastedTexts(this.question, () => this.changed());
    this.attachments = new Attachments(form, this.question, () => this.changed());
    const draft = loadDraft();
    this.pasted.restore(draft.text);
    this.attachments.restore(draft.files);
    this.fitHeight();
    restoreChoice(this.fields.model);
    new ModelPicker(this.fields.model, document.getElementById("models"));
    restoreChoice(this.fields.language);
    this.mode = new ModeChoice(this.fields.mode, this.fields.model);
    this.showCustomModel();
    this.question.addEventListener("input", () => this.changed());
    this.fields.model.addEventListener("change", () => this.showCustomModel());
    document.getElementById("options").addEventListener("input", () => this.showNarrowed());
    this.showNarrowed();
    if (document.activeElement === document.body) this.focusQuietly();
  }

  /**
   * Calls back with what is typed, on Enter or the button.
   *
   * @param {(text: string) => void} callback
   */
  onSubmit(callback) {
    const submit = (event) => {
      event.preventDefault();
      closePopups();
      callback(this.pasted.question);
    };
    this.form.addEventListener("submit", submit);
    this.question.addEventListener("keydown", (event) => {
      if (isSubmitKey(event)) submit(event);
    });
  }

  /** The id of the open conversation, empty before its first question. @returns {string} */
  get conversation() {
    return this.form.dataset.conversation;
  }

  get csrfToken() {
    return this.fields.csrfmiddlewaretoken.value;
  }

  get streamUrl() {
    return this.form.dataset.streamUrl;
  }

  /**
   * The request of the chat protocol for a question.
   *
   * @param {string} text
   * @param {{edit?: string, regenerate?: boolean, files?: object[]}} extra
   * @param {string | undefined} parent id of the answer it follows
   * @returns {object} without `repository` when another revision than this page's is asked about
   */
  request(text, { files = [], ...extra }, parent) {
    const { repoUrl, type } = this.form.dataset;
    const [provider, model] = this.fields.model.value.split("|");
    const request = {
      repo_url: repoUrl,
      type,
      provider,
      model: model || this.fields.custom_model.value.trim(),
      language: this.fields.language.value,
      messages: [{ role: "user", content: text }],
      client_message_id: messageId(text),
      render: "html",
      ...this.options(),
      ...this.target(),
      attachments: files.map(({ id }) => id),
      ...extra,
    };
    if (this.conversation) {
      request.conversation = this.conversation;
      if (parent && !extra.edit) request.parent = parent;
    }
    return request;
  }

  /**
   * The first question was accepted: the later ones belong to this conversation. The address of
   * the page has to be the conversation's already.
   *
   * @param {string} id
   */
  openConversation(id) {
    this.form.dataset.conversation = id;
    this.fields.revision.disabled = true;
  }

  /** Empties the question field. The draft is kept until the server has the question. */
  clear() {
    this.pasted.restore("");
    this.fitHeight();
  }

  /**
   * The question that was sent is decided on. An accepted one does not come back with the page.
   *
   * @param {{isAccepted: boolean}} decision
   */
  settle({ isAccepted }) {
    forgetSent();
    if (!isAccepted) return;
    this.keepDraft();
    this.mode.leaveResearch();
  }

  /**
   * Puts a question that was not answered back into the empty field.
   *
   * @param {string} text
   * @param {object[]} files
   */
  restore(text, files) {
    this.attachments.restore(files);
    if (this.pasted.question === "") this.pasted.restore(text);
    this.changed();
  }

  /** Focuses the question field. */
  focus() {
    this.question.focus();
  }

  /** As `focus`, where that opens no keyboard over the page: nobody asked for it. */
  focusQuietly() {
    if (!matchMedia("(pointer: coarse)").matches) this.question.focus({ preventScroll: true });
  }

  /**
   * While an answer runs the button stops it, and nothing can be asked.
   *
   * @param {boolean} running
   */
  setRunning(running) {
    const send = document.getElementById("send");
    if (document.activeElement === send) this.focusQuietly();
    document.getElementById("stop").hidden = !running;
    send.hidden = running;
  }

  /** Shows the state of the connection. @param {string} text */
  showConnection(text) {
    document.getElementById("connection").textContent = text;
  }

  // The options that are filled in.
  options() {
    const options = {};
    for (const name of OPTIONS) {
      const value = this.fields[name].value.trim();
      if (value) options[name] = value;
    }
    options.mode = this.fields.mode.value;
    options.repositories = this.further.ids;
    return options;
  }

  // How many options narrow the search.
  showNarrowed() {
    const count = OPTIONS.filter((name) => this.fields[name].value.trim()).length;
    document.getElementById("narrowed").textContent = count ? ` (${count})` : "";
  }

  // The revision asked about, and the repository of this page where that is its revision.
  target() {
    const { repository, revision } = this.form.dataset;
    const typed = this.conversation ? "" : this.fields.revision.value.trim();
    const target = {};
    if (typed || revision) target.revision = typed || revision;
    if (!typed || typed === revision) target.repository = repository;
    return target;
  }

  showCustomModel() {
    const isCustom = this.fields.model.value.endsWith("|");
    document.getElementById("custom-model").hidden = !isCustom;
    if (isCustom) document.getElementById("options").open = true;
  }

  // What is typed, pasted or attached is another.
  changed() {
    this.fitHeight();
    this.keepDraft();
  }

  keepDraft() {
    saveDraft(this.pasted.question, this.attachments.files);
  }

  fitHeight() {
    this.question.style.height = "auto";
    if (this.question.value === "") return; // or a long placeholder would count
    this.question.style.height = `${this.question.scrollHeight + 2}px`;
  }
}

/**
 * Whether a key press sends a question: Enter alone, and not the one that ends an input method's
 * composition.
 *
 * @param {KeyboardEvent} event
 * @returns {boolean}
 */
export function isSubmitKey(event) {
  return event.key === "Enter" && !event.shiftKey && !event.isComposing;
}
