// The thread: asks questions and shows the events of the running answer.
import { AnswerView } from "./answer_view.js";
import { showConversation } from "./conversation.js";
import { addDoctorLink } from "./doctor_link.js";
import { restoreTurns } from "./editing.js";
import { EventStream } from "./event_stream.js";
import { translate, translateEvent } from "./i18n.js";
import { reloadPart } from "./part_reloads.js";
import { showQuestion } from "./pasted_texts.js";
import { showFiles } from "./question_files.js";
import { cloneTemplate } from "./templates.js";
import { showLinkedTurn } from "./turn_links.js";
import { siteUrl } from "./urls.js";
import { leaveBranch } from "./versions.js";

const AT_ONCE_MS = 2500;
const UNFINISHED = ["stopped", "interrupted"]; // explained below the answer

export class Thread {
  /**
   * @param {HTMLElement} element `#thread`
   * @param {import("./composer.js").Composer} composer
   * @param {import("./scroll_position.js").ScrollPosition} position
   */
  constructor(element, composer, position) {
    this.element = element;
    this.composer = composer;
    this.position = position;
    this.answer = null; // the running answer
    this.request = null; // and its request; null for a run from before the page was loaded
    this.startedAt = 0; // when a question was asked, in milliseconds
    this.isAccepted = false; // whether the server has the question of the running answer
    this.replaced = null; // the turns that an edited question replaces, until it is accepted
    this.files = []; // those of the question that was asked last
    this.hasText = false; // whether text of the answer came, with or without HTML
    this.stream = new EventStream({
      onEvent: (event) => this.receive(event),
      onState: (text) => composer.showConnection(text),
    });
    position.scroller.addEventListener("scroll", () => this.showLatestButton());
    const last = [...element.querySelectorAll(".question")].at(-1);
    if (last) position.standAt(last);
    this.resumeRunning();
    showLinkedTurn(element, position);
  }

  /** Whether an answer is being written. @returns {boolean} */
  get isRunning() {
    return this.answer !== null;
  }

  /**
   * Asks a question below the others.
   *
   * @param {string} text
   * @param {{edit?: string, regenerate?: boolean, files?: object[]}} [extra] fields of the request
   * @param {HTMLElement[] | null} [replaced] the turns that come back if the question is refused
   * @returns {HTMLElement} the question on the page
   */
  ask(text, extra = {}, replaced = null) {
    const parent = [...this.element.querySelectorAll(".answer[data-message]")].at(-1);
    this.request = this.composer.request(text, extra, parent?.dataset.message);
    this.replaced = replaced;
    this.files = extra.files ?? [];
    const question = this.appendTurns(text);
    if (this.composer.conversation) leaveBranch();
    const { streamUrl, csrfToken } = this.composer;
    this.stream.ask({ request: this.request, url: streamUrl, csrfToken });
    return question;
  }

  /** Stops the running answer. */
  stop() {
    if (this.isRunning) this.stream.stop(this.composer.csrfToken);
  }

  appendTurns(text) {
    this.element.querySelector(".empty")?.remove();
    const question = cloneTemplate("question-template");
    showQuestion(question, text);
    showFiles(question, this.files);
    const answer = cloneTemplate("answer-template");
    this.element.append(question, answer);
    this.start(answer);
    this.position.toEnd();
    this.startedAt = Date.now();
    return question;
  }

  /** Replays an answer that was running when it was loaded, from its first event. */
  resumeRunning() {
    const running = this.element.querySelector(".answer[data-run]");
    if (!running) return;
    this.position.toEnd();
    this.start(running);
    this.answer.clear();
    this.stream.attach(running.dataset.run, 0);
  }

  start(element) {
    this.answer = new AnswerView(element);
    this.answer.start(this.element.dataset.files);
    this.hasText = false;
    this.isAccepted = false;
    this.setRunning(true);
  }

  setRunning(running) {
    this.composer.setRunning(running);
    this.position.isGrowing = running;
  }

  receive(event) {
    if (!this.isRunning) return;
    this.handle(event);
    this.position.followEnd();
    this.showLatestButton();
  }

  handle(event) {
    const handlers = {
      accepted: () => this.accept(event),
      status: () => this.showStatus(event),
      sources: () => this.answer.showSources(event.items, event.repositories),
      research: () => this.answer.startStage(event),
      step: () => this.answer.showStep(event),
      delta: () => {
        this.hasText = true;
        this.answer.startText();
      },
      usage: () => this.answer.steps.setTime(event.first_token_ms),
      html: () => this.answer.renderBlock(event.block, event.html),
      notice: () => this.answer.addNoticeOf(event),
      error: () => this.fail(event),
      done: () => this.end(event.state),
    };
    handlers[event.event]?.(); // the others need nothing: ready, pong
  }

  accept({ conversation, message }) {
    this.isAccepted = true;
    reloadPart("status"); // a question has a repository without an index indexed
    this.composer.settle({ isAccepted: true });
    if (message) {
      this.answer.element.dataset.message = message;
      this.answer.question.dataset.last = message; // the next version links back to this one
      this.replaced = null;
    }
    if (!conversation || this.composer.conversation) return;
    const url = siteUrl(`c/${conversation}/`);
    if (this.request.repository) {
      showConversation(url, this.request.messages[0].content);
      this.composer.openConversation(conversation);
    } else location.assign(url); // another revision has a page and sources of its own
  }

  showStatus(event) {
    if (event.stage === "thinking") {
      // Before the model was asked, AnswerView says so when it takes long.
      if (event.done !== undefined) this.answer.showThinking(event.done);
      return;
    }
    const message = translateEvent(event);
    const text = event.total ? translate("progress", { ...event, message }) : message;
    this.answer.showProgress(text);
  }

  end(state) {
    if (UNFINISHED.includes(state)) this.answer.addNotice(translate(state), { part: "ending" });
    // An answer that came at once, as excerpts do, is read from its question on.
    if (this.position.isFollowing && Date.now() - this.startedAt < AT_ONCE_MS) {
      this.position.standAt(this.answer.question);
    }
    // Another client asked, without HTML: the page of the server has the answer rendered.
    if (this.hasText && !this.answer.isRendered) location.reload();
    this.finish(state);
  }

  fail(event) {
    const problem = translateEvent(event);
    const banner = this.answer.addNotice(problem, { isProblem: true, part: "ending" });
    addDoctorLink(banner, event, this.request);
    if (event.seq) return; // an event of the run: `done` follows
    const { answer, isAccepted, replaced, request } = this;
    this.finish("partial");
    if (isAccepted || !request) return;
    const question = request.messages[0].content;
    this.composer.settle({ isAccepted: false });
    if (replaced) restoreTurns(this, answer, { replaced, problem, question });
    else this.composer.restore(question, this.files);
  }

  finish(state) {
    this.answer.finish(state);
    const { summary } = this.answer.steps;
    this.answer = null;
    this.request = null;
    this.replaced = null;
    const text = translate(state === "complete" ? "complete" : "ended");
    document.getElementById("announce").textContent = [text, summary].filter(Boolean).join(" ");
    this.setRunning(false);
    reloadPart("rail");
    reloadPart("status");
    this.composer.focusQuietly();
  }

  showLatestButton() {
    document.getElementById("latest").hidden = this.position.isAtEnd || !this.isRunning;
  }
}
