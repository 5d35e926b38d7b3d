// Files that are attached to the question: chosen, dropped or pasted, each a chip above it. They are sent
// to the server at once, and named in the question.
import { translate, translateEvent } from "./i18n.js";
import { isImage } from "./question_files.js";
import { cloneTemplate } from "./templates.js";

const MAX_FILES = 5; // as chat/core/request.py
const MAX_MEGABYTES = 5; // as chat/services/uploads/recognition.py

export class Attachments {
  /**
   * @param {HTMLFormElement} form
   * @param {HTMLTextAreaElement} field
   * @param {() => void} onChange called when a file was attached or taken back
   */
  constructor(form, field, onChange) {
    this.form = form;
    this.field = field;
    this.onChange = onChange;
    this.model = form.elements.model;
    this.items = []; // {name, chip, and from the server: id, media_type}
    this.list = document.getElementById("attached-chosen");
    this.problem = document.getElementById("attach-problem");
    this.bindChoice(document.getElementById("attach"), document.getElementById("attach-input"));
    this.bindDrop(form.querySelector(".box"));
    field.addEventListener("paste", (event) => this.paste(event));
    this.model.addEventListener("change", () => this.checkModel());
    this.list.addEventListener("click", ({ target }) => {
      if (target.closest("button")) this.remove(target.closest("li"));
    });
  }

  /** Whether a question can be sent with them; says why not. @returns {boolean} */
  get areReady() {
    const isWaiting = this.items.some((item) => !item.id);
    if (isWaiting) this.tell(translate("stillUploading"), "waiting");
    return !isWaiting && this.checkModel();
  }

  /** The files that the server has. @returns {import("./question_files.js").QuestionFile[]} */
  get files() {
    const sent = this.items.filter(({ id }) => id);
    return sent.map(({ id, name, media_type }) => ({ id, name, media_type }));
  }

  /** The files, which are no longer attached then. @returns {object[]} */
  take() {
    const taken = this.items;
    this.show([]);
    return taken;
  }

  /** Attaches files again that were not sent. @param {object[]} items */
  restore(items) {
    if (this.items.length === 0) this.show(items.map((item) => ({ ...item, chip: chip(item) })));
  }

  bindChoice(button, input) {
    button.addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      this.add([...input.files]);
      input.value = ""; // so that the same file can be chosen again
    });
  }

  bindDrop(box) {
    box.addEventListener("dragover", (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      box.classList.add("dropping");
    });
    for (const name of ["dragleave", "drop"]) {
      box.addEventListener(name, () => box.classList.remove("dropping"));
    }
    box.addEventListener("drop", (event) => {
      const files = [...event.dataTransfer.files];
      if (files.length === 0) return;
      event.preventDefault();
      this.add(files);
    });
  }

  // An image that is pasted; text with a picture of itself, as offices copy it, is pasted as text.
  paste(event) {
    const { files, types } = event.clipboardData;
    if (files.length === 0 || types.includes("text/plain")) return;
    event.preventDefault();
    this.add([...files]);
  }

  add(files) {
    this.tell("");
    for (const file of files) {
      if (this.items.length >= MAX_FILES) this.refuse("too_many_attachments", MAX_FILES);
      else if (file.size > MAX_MEGABYTES * 1e6) this.refuse("attachment_too_large", MAX_MEGABYTES);
      else this.upload(file);
    }
    this.field.focus();
  }

  refuse(reason, limit) {
    this.tell(translateEvent({ event: "error", reason, parameters: { limit } }));
  }

  async upload(file) {
    const item = { name: file.name, chip: chip({ name: translate("uploading", file) }) };
    this.show([...this.items, item]);
    try {
      Object.assign(item, await this.send(file));
      item.chip.querySelector("[data-part=name]").textContent = item.name;
      this.forget("waiting");
      this.checkModel();
      this.onChange();
    } catch (error) {
      this.show(this.items.filter((other) => other !== item));
      this.tell(error.detail ?? translate("notUploaded", file));
    }
  }

  async send(file) {
    const query = new URLSearchParams({ name: file.name });
    const headers = {
      "Content-Type": "application/octet-stream", // whatever it is: the server looks into it
      "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value,
    };
    const url = `${this.form.dataset.attachUrl}?${query}`;
    const reply = await fetch(url, { method: "POST", body: file, headers });
    if (reply.redirected) throw { detail: translate("sessionEnded") };
    const answer = await reply.json();
    if (!reply.ok) throw answer;
    return answer;
  }

  remove(element) {
    const item = this.items.find((one) => one.chip === element);
    this.show(this.items.filter((one) => one !== item));
    this.tell("");
    this.checkModel();
    this.onChange();
    this.field.focus();
    if (!item.id) return;
    const headers = { "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value };
    fetch(`${this.form.dataset.attachUrl}/${item.id}/remove`, { method: "POST", headers });
  }

  show(items) {
    this.items = items;
    this.list.replaceChildren(...items.map((item) => item.chip));
  }

  // Says so where the chosen model takes no images. Gives whether the files can be sent to it.
  checkModel() {
    const [option] = this.model.selectedOptions;
    const hasImages = this.items.some((item) => item.id && isImage(item));
    const isRefused = hasImages && option.dataset.images === "false";
    const parameters = { model: option.text };
    const reason = "model_takes_no_images";
    if (isRefused) this.tell(translateEvent({ event: "error", reason, parameters }), "model");
    else this.forget("model");
    return !isRefused;
  }

  // Tells a problem. Of some kinds are those that end by themselves.
  tell(text, kind = "") {
    this.problem.textContent = text;
    this.problem.dataset.kind = kind;
  }

  forget(kind) {
    if (this.problem.dataset.kind === kind) this.tell("");
  }
}

function chip({ name }) {
  const item = cloneTemplate("file-chip-template");
  item.querySelector("[data-part=name]").textContent = name;
  const remove = item.querySelector("[data-part=remove]");
  remove.setAttribute("aria-label", `${remove.getAttribute("aria-label")}: ${name}`);
  return item;
}
