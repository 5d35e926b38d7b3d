// The thread and the composer: sends questions, shows what comes. HTML arrives rendered and sanitised by the server;
// everything else is set as text.
import { Connection } from "./connection.js";
import { name, say, told, why } from "./words.js";

const STICK_PX = 80;
const ENDED = ["stopped", "interrupted"];

export class Conversation {
  constructor(scroller, pane) {
    this.scroller = scroller;
    this.pane = pane;
    this.thread = document.getElementById("thread");
    this.form = document.getElementById("composer");
    this.question = document.getElementById("question");
    this.answer = null;
    this.asked = null;
    this.given = null;
    this.draftKey = `draft:${location.pathname}`;
    this.connection = new Connection({
      onEvent: (event) => this.take(event),
      onState: (words) => { document.getElementById("connection").textContent = words; },
    });
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.ask(); });
    this.question.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.ask(); }
    });
    this.question.addEventListener("input", () => { this.grow(); sessionStorage.setItem(this.draftKey, this.question.value); });
    document.getElementById("stop").addEventListener("click", () => this.connection.stop(this.csrf));
    document.addEventListener("keydown", (event) => { if (event.key === "Escape" && this.answer && !document.querySelector("dialog[open]")) this.connection.stop(this.csrf); });
    this.scroller.addEventListener("scroll", () => this.offerLatest());
    this.question.value = sessionStorage.getItem(this.draftKey) || "";
    this.grow();
    this.remember("model");
    this.remember("language");
    this.form.elements.model.addEventListener("change", () => this.offerCustom());
    this.offerCustom();
    this.thread.addEventListener("click", (event) => {
      const stage = event.target.closest("[data-action=stage]");
      if (stage) this.show(stage.closest(".answer"), Number(stage.dataset.stage));
      const again = event.target.closest("[data-action=again]");
      if (again && !this.answer) this.again(again.closest(".answer"));
      const edit = event.target.closest("[data-action=edit]");
      if (edit && !this.answer) this.edit(edit.closest(".question"));
      const suggestion = event.target.closest("[data-action=suggest]");
      if (suggestion) this.ask({}, suggestion.textContent.trim());
    });
    this.resume();
  }

  get csrf() { return this.form.elements.csrfmiddlewaretoken.value; }

  remember(id) {
    const select = document.getElementById(id);
    if (select.dataset.chosen && [...select.options].some((option) => option.value === select.dataset.chosen)) select.value = select.dataset.chosen;
    const kept = sessionStorage.getItem(id) || (select.dataset.chosen ? "" : localStorage.getItem(id));
    if (kept && [...select.options].some((option) => option.value === kept)) select.value = kept;
    select.addEventListener("change", () => { localStorage.setItem(id, select.value); sessionStorage.setItem(id, select.value); });
  }

  resume() {
    const running = this.thread.querySelector(".answer[data-run]");
    if (this.thread.querySelector("[data-turn]")) this.scroller.scrollTo({ top: this.scroller.scrollHeight });
    if (!running) return;
    this.begin(running);
    for (const part of ["body", "stages", "notices", "ending"]) this.part(part).replaceChildren(); // all of it comes again
    this.connection.attach(running.dataset.run, 0);
  }

  offerCustom() {
    const custom = this.form.elements.model.value.endsWith("|");
    document.getElementById("custom-model").hidden = !custom;
    if (custom) document.getElementById("options").open = true;
  }

  // The same question once more: a version of it beside the first, with an answer of its own.
  again(answer) {
    const question = answer.previousElementSibling;
    this.askBeside(question, question.querySelector("[data-part=text]").textContent, { regenerate: true });
  }

  // The question becomes a field; what is asked there stands beside it as another version.
  edit(question) {
    if (question.querySelector("form")) return;
    const text = question.querySelector("[data-part=text]");
    const form = document.createElement("form");
    const field = document.createElement("textarea");
    field.value = text.textContent;
    field.setAttribute("aria-label", say("editLabel"));
    const send = Object.assign(document.createElement("button"), { type: "submit", className: "primary", textContent: say("askAgain") });
    const leave = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: say("cancel") });
    form.append(field, send, leave);
    const close = () => { form.remove(); text.hidden = false; question.querySelector("[data-action=edit]").focus(); };
    leave.addEventListener("click", close);
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { event.stopPropagation(); close(); }
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const words = field.value.trim();
      if (!words || this.answer) return;
      close();
      this.askBeside(question, words);
    });
    text.hidden = true;
    text.after(form);
    field.focus();
  }

  // Everything from the question on gives way to its new version; the old one stays reachable.
  askBeside(question, words, extra = {}) {
    const edited = question.dataset.message || question.nextElementSibling?.dataset.message;
    if (!edited) { this.ask(extra, words); return; }
    const count = Number(question.dataset.versions || 1) + 1;
    const last = question.dataset.last || edited;
    const given = [question]; // kept until the new version is accepted: a refused one must not cost the thread
    while (given.at(-1).nextElementSibling) given.push(given.at(-1).nextElementSibling);
    for (const node of given) node.remove();
    this.ask({ ...extra, edit: edited }, words);
    this.given = given;
    const shown = this.answer.previousElementSibling;
    Object.assign(shown.dataset, { versions: count, last });
    const versions = shown.querySelector("[data-part=versions]");
    const back = Object.assign(document.createElement("a"), { className: "quiet", href: `?at=${last}`, textContent: "‹", rel: "prev" });
    back.setAttribute("aria-label", say("previous"));
    versions.prepend(back);
    versions.querySelector("[data-part=version]").textContent = say("version", { n: count, of: count });
    versions.hidden = false;
  }

  // What the options say, only where they say something.
  options() {
    const fields = this.form.elements;
    const said = {};
    for (const name of ["filePath", "included_dirs", "included_files", "excluded_dirs", "excluded_files"]) {
      if (fields[name].value.trim()) said[name] = fields[name].value.trim();
    }
    if (fields.deep_research.checked) said.deep_research = true;
    return said;
  }

  // `given` asks something else than what is being typed, which stays where it is.
  ask(extra = {}, given = "") {
    const text = given || this.question.value.trim();
    if (!text || this.answer) { this.question.focus(); return; }
    this.thread.querySelector(".empty")?.remove();
    const asked = document.getElementById("question-template").content.cloneNode(true);
    asked.querySelector("[data-part=text]").textContent = text;
    this.thread.append(asked);
    this.thread.append(document.getElementById("answer-template").content.cloneNode(true));
    this.begin(this.thread.lastElementChild);
    this.asked = text;
    if (!given) {
      this.question.value = "";
      this.grow();
      sessionStorage.removeItem(this.draftKey);
    }
    this.scroller.scrollTo({ top: this.scroller.scrollHeight });
    const before = [...this.thread.querySelectorAll(".answer[data-message]")].at(-1)?.dataset.message;
    const [provider, listed] = this.form.elements.model.value.split("|");
    const model = listed || this.form.elements.custom_model.value.trim();
    const request = {
      repo_url: this.form.dataset.repoUrl, type: this.form.dataset.type, provider, model, language: this.form.elements.language.value,
      messages: [{ role: "user", content: text }], client_message_id: crypto.randomUUID(), render: "html", ...this.options(), ...extra,
    };
    const typed = this.form.dataset.conversation ? "" : this.form.elements.revision.value.trim();
    const revision = typed || this.form.dataset.revision;
    this.elsewhere = revision !== this.form.dataset.revision;
    if (revision) request.revision = revision;
    if (!this.elsewhere) request.repository = this.form.dataset.repository;
    if (this.form.dataset.conversation) {
      request.conversation = this.form.dataset.conversation;
      if (before && !request.edit) request.parent = before;
      if (location.search) history.replaceState(null, "", location.pathname); // from now on this is the branch spoken in last
    }
    this.connection.ask(request, this.form.dataset.streamUrl, this.csrf);
  }

  begin(answer) {
    this.answer = answer;
    this.stages = [];
    this.blocks = 0;
    this.answer.dataset.state = "running";
    this.part("body").setAttribute("aria-busy", "true"); // not read out piece by piece
    document.getElementById("stop").hidden = false;
    document.getElementById("send").disabled = true;
    const { files } = this.thread.dataset;
    this.waiting = setTimeout(() => this.say(files ? say("searchingFiles", { n: files }) : say("searching")), 300);
  }

  end(state) {
    clearTimeout(this.waiting);
    this.say("");
    if (this.answer) {
      this.answer.dataset.state = state;
      delete this.answer.dataset.run;
      this.part("body").removeAttribute("aria-busy");
      this.footer(this.answer);
    }
    document.getElementById("announce").textContent = say(state === "complete" ? "complete" : "ended");
    document.getElementById("stop").hidden = true;
    document.getElementById("send").disabled = false;
    this.answer = null;
    this.asked = null;
    document.body.dispatchEvent(new Event("conversations-changed"));
    this.question.focus({ preventScroll: true });
  }

  take(event) {
    if (event.event === "ready" || event.event === "pong") return;
    if (event.event === "error" && !this.answer) return;
    const follow = this.atBottom();
    switch (event.event) {
      case "accepted": this.accepted(event); break;
      case "status": if (event.stage !== "thinking") this.say(event.total ? say("progress", { ...event, message: told(event) }) : told(event)); break;
      case "sources": this.sources(event.items); break;
      case "research": this.stage(event); break;
      case "delta": this.unrendered = true; break;
      case "html": this.block(event.block, event.html); break;
      case "notice": this.notice(told(event)); break;
      case "usage": break; // the footer has it, once all is stored
      case "error": this.failed(event); break;
      case "done":
        if (ENDED.includes(event.state)) this.notice(say(event.state), false, "ending");
        if (this.unrendered && !this.part("body").children.length) location.reload(); // asked elsewhere, without HTML
        this.end(event.state);
        break;
      default: break;
    }
    if (follow) this.scroller.scrollTo({ top: this.scroller.scrollHeight });
    this.offerLatest();
  }

  accepted(event) {
    if (event.message && this.answer) {
      this.answer.dataset.message = event.message;
      this.answer.previousElementSibling.dataset.last = event.message; // a version edited once more leads back here
      this.given = null;
    }
    if (!event.conversation || this.form.dataset.conversation) return;
    if (this.elsewhere) { location.assign(`/c/${event.conversation}/`); return; } // another branch: its page, its sources
    this.form.dataset.conversation = event.conversation;
    this.form.elements.revision.disabled = true;
    history.replaceState(null, "", `/c/${event.conversation}/`);
    document.title = `${this.asked.slice(0, 80)} · DeepWiki`;
    this.draftKey = `draft:${location.pathname}`;
    const share = document.getElementById("share");
    share.setAttribute("hx-get", `/c/${event.conversation}/shares`);
    share.hidden = false;
    htmx.process(share);
    document.body.dispatchEvent(new Event("conversations-changed"));
  }

  say(words) {
    clearTimeout(this.waiting);
    if (!this.answer) return;
    this.part("progress").textContent = words;
    this.part("progress").hidden = !words;
  }

  block(number, html) {
    this.say("");
    const body = this.part("body");
    while (body.children.length <= number) {
      const place = document.createElement("div");
      if (this.stages.length) {
        place.dataset.stage = this.stages.length - 1;
        place.hidden = !this.reading(place.dataset.stage);
      }
      body.append(place);
    }
    body.children[number].innerHTML = html; // rendered and sanitised by the server's one renderer
    name(body.children[number]);
  }

  // A round of Deep Research begins: named above the answer, and shown unless the reader is in an earlier one.
  stage(event) {
    const names = { plan: say("plan"), conclude: say("conclusion") };
    const number = this.stages.length;
    const follows = !number || this.reading(number - 1);
    const item = document.createElement("li");
    const button = document.createElement("button");
    Object.assign(button, { type: "button" });
    Object.assign(button.dataset, { action: "stage", stage: number });
    const name = document.createElement("strong");
    name.textContent = names[event.stage] || say("update", { n: event.iteration });
    const about = document.createElement("span");
    about.className = "soft";
    about.textContent = event.looking_for ? ` ${event.looking_for.slice(0, 80)} · ${say("passages", { n: event.passages })}` : "";
    button.append(name, about);
    item.append(button);
    this.part("stages").append(item);
    this.part("stages").hidden = false;
    this.stages.push(event);
    if (follows) this.show(this.answer, number);
    else button.setAttribute("aria-pressed", "false");
    this.say(say("round", { n: event.iteration, of: event.of }));
  }

  reading(stage) {
    return this.answer.querySelector(`[data-action=stage][data-stage="${stage}"]`)?.getAttribute("aria-pressed") === "true";
  }

  show(answer, stage) {
    for (const button of answer.querySelectorAll("[data-action=stage]")) button.setAttribute("aria-pressed", String(Number(button.dataset.stage) === stage));
    for (const part of answer.querySelectorAll("[data-part=body] > [data-stage]")) part.hidden = Number(part.dataset.stage) !== stage;
  }

  sources(items) {
    const list = this.part("source-list");
    list.replaceChildren(...items.map((source) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = source.url || "#";
      link.className = "cite";
      Object.assign(link.dataset, { path: source.path, start: source.start, end: source.end });
      link.textContent = `${source.path} ${source.start}–${source.end}`;
      const symbol = document.createElement("span");
      symbol.className = "soft";
      symbol.textContent = ` ${[source.symbol, why(source.why)].filter(Boolean).join(" · ")}`;
      item.append(link, symbol);
      return item;
    }));
    this.part("source-count").textContent = items.length;
    this.part("sources").hidden = !items.length;
    if (!items.length) return;
    this.waiting = setTimeout(() => {
      this.say(say("reading", { n: items.length }));
      this.waiting = setTimeout(() => this.say(say("thinking")), 4000);
    }, 300);
  }

  notice(words, problem = false, part = "notices", place = this.answer) {
    const item = document.createElement("li");
    item.className = problem ? "banner problem" : "banner";
    item.textContent = words;
    place.querySelector(`[data-part=${part}]`)?.append(item);
  }

  failed(event) {
    this.say("");
    this.notice(told(event), true, "ending");
    if (event.seq) return; // `done` follows
    const text = this.asked;
    const { given, answer } = this;
    this.end("partial");
    if (given) { // refused: the thread is as it was, and the words are where they can be sent again
      answer.previousElementSibling.remove();
      answer.remove();
      this.thread.append(...given);
      this.notice(told(event), true, "ending", given.at(-1));
      this.edit(given[0]);
      given[0].querySelector("form textarea").value = text;
      return;
    }
    if (text && !this.question.value) { this.question.value = text; this.grow(); } // nothing typed is lost
  }

  // What stands below an answer: how it came about, and what to do with it.
  footer(answer) {
    const id = answer.dataset.message;
    if (id) htmx.ajax("GET", `/m/${id}/footer`, { target: answer.querySelector("footer"), swap: "outerHTML" });
  }

  part(name) { return this.answer.querySelector(`[data-part=${name}]`); }

  grow() {
    this.question.style.height = "auto";
    this.question.style.height = `${this.question.scrollHeight + 2}px`;
  }

  atBottom() { return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < STICK_PX; }

  offerLatest() { document.getElementById("latest").hidden = this.atBottom() || !this.answer; }
}
