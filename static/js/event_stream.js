// The events of answers, over one WebSocket for all questions of a page, or over HTTP when no socket
// can be opened. A question is sent until the server accepts or refuses it, always with the same
// client_message_id, so that it is answered once. A run is followed to its end: after a lost
// connection the client attaches to it by the number of its last event.
import { openSocket } from "./event_socket.js";
import { translate } from "./i18n.js";
import { Backoff } from "./reconnecting.js";
import { getEvents, postQuestion, readEvents } from "./server_sent_events.js";
import { siteUrl, socketUrl } from "./urls.js";

const SOCKET_ATTEMPTS = 4; // the first and three more, then HTTP as well
const HTTP_ONLY_MS = 60_000; // after HTTP worked where sockets did not
const SESSION_ENDED = 4401;
const UNAUTHORIZED = 401;
const UNAVAILABLE = 503;

/**
 * @typedef {{request: object, url: string, csrfToken: string}} Question
 *   a request of the chat protocol, and where it is sent over HTTP
 */
export class EventStream {
  /**
   * @param {{onEvent: (event: object) => void, onState: (text: string) => void}} listeners
   *   onState receives the state of the connection as a text, empty when all is well
   */
  constructor({ onEvent, onState }) {
    this.onEvent = onEvent;
    this.onState = onState;
    this.socket = null;
    this.hadSocket = false; // whether a socket ever opened: if not, something in between forbids it
    this.httpOnlyUntil = 0;
    this.run = null; // the running answer: its id and the number of its last event
    this.pending = null; // the question until it is accepted or refused
    this.wasSent = false; // whether the pending question may have reached the server
    this.csrfToken = ""; // set when the run is to be stopped and could not be told yet
    this.isDelivering = false;
    this.backoff = new Backoff(() => this.socket?.ping());
    this.wake = () => {}; // ends a wait for events of a connection
  }

  /** @param {Question} question */
  ask(question) {
    this.run = null;
    this.pending = question;
    this.wasSent = false;
    return this.deliver();
  }

  /**
   * Receives the events of a run that exists.
   *
   * @param {string} id
   * @param {number} seq number of the last event that is known, 0 for all events
   */
  attach(id, seq) {
    this.run = { id, seq };
    return this.deliver();
  }

  /**
   * Stops the answer, as soon as the server can be told. A question that was never sent is dropped.
   *
   * @param {string} csrfToken
   */
  stop(csrfToken) {
    if (this.pending && !this.wasSent) {
      this.fail("not_sent", translate("notSent"));
      this.backoff.skip();
      return;
    }
    this.csrfToken = csrfToken;
    this.sendStop();
  }

  get isHttpOnly() {
    return Date.now() < this.httpOnlyUntil;
  }

  get isExpecting() {
    return this.run !== null || this.pending !== null;
  }

  // Tries connections until the question is answered.
  async deliver() {
    this.backoff.reset();
    this.wake(); // an attempt that is under way has something else to send
    if (this.isDelivering) return;
    this.isDelivering = true;
    try {
      while (this.isExpecting) await this.attempt();
    } finally {
      this.isDelivering = false;
      this.onState(this.isHttpOnly ? translate("http") : "");
    }
  }

  async attempt() {
    if (this.backoff.attempts > 0) {
      this.onState(translate(this.run ? "reconnecting" : "retrying"));
    }
    await this.backoff.wait();
    if (!this.isExpecting) return;
    if (await this.connect()) {
      this.onState("");
      await this.overSocket();
    } else if (this.isExpecting && this.backoff.attempts >= SOCKET_ATTEMPTS) {
      await this.overHttp();
    }
  }

  async connect() {
    if (this.socket?.isOpen) return true;
    if (this.isHttpOnly) {
      this.backoff.attempts = Math.max(this.backoff.attempts, SOCKET_ATTEMPTS);
      return false;
    }
    this.socket = await openSocket(socketUrl(), {
      onEvent: (event) => this.receive(event),
      onClose: (code) => this.handleClose(code),
    });
    this.hadSocket ||= this.socket !== null;
    return this.socket !== null;
  }

  // Ends when the connection is lost, or nothing more is expected of it.
  overSocket() {
    return new Promise((resolve) => {
      this.wake = resolve;
      if (this.run) {
        this.socket.send({ event: "attach", run: this.run.id, after: this.run.seq });
        this.sendStop();
      } else {
        this.wasSent = true;
        this.socket.send({ event: "ask", ...this.pending.request });
      }
    });
  }

  handleClose(code) {
    this.socket = null;
    if (code === SESSION_ENDED) this.signIn();
    this.wake();
  }

  async overHttp() {
    const { run, pending } = this;
    if (!run) this.wasSent = true;
    const response = run ? await getEvents(run) : await postQuestion(pending);
    if (!response) return; // no connection
    if (response.status === UNAUTHORIZED) this.signIn();
    if (!response.ok) {
      const { detail } = await response.json().catch(() => ({}));
      const isPassing = run && response.status === UNAVAILABLE;
      if (detail && this.isExpecting && !isPassing) this.fail("http", detail);
      return; // without our words it is a proxy's response: tried again
    }
    if (!this.hadSocket) this.httpOnlyUntil = Date.now() + HTTP_ONLY_MS;
    this.onState(translate("http"));
    this.sendStop();
    for await (const event of readEvents(response)) this.receive(event);
  }

  receive(event) {
    const isOver = event.event === "error" && !event.seq; // an error with a number: `done` follows
    if (event.seq) {
      this.pending = null;
      if (this.run?.id === event.run && event.seq <= this.run.seq) return; // a repeated event
      const isFirst = this.run?.id !== event.run;
      this.run = { id: event.run, seq: event.seq };
      this.backoff.reset();
      if (isFirst) this.sendStop();
    }
    if (isOver && this.run && event.retry_after) {
      this.wake(); // the run goes on; the server cannot look it up now
      return;
    }
    if (isOver || event.event === "done") this.settle();
    this.onEvent(event);
  }

  settle() {
    this.pending = null;
    this.run = null;
    this.csrfToken = "";
    this.wake();
  }

  sendStop() {
    if (!this.csrfToken || !this.run) return;
    if (this.socket?.isOpen) {
      this.socket.send({ event: "stop", run: this.run.id });
      return;
    }
    const headers = { "X-CSRFToken": this.csrfToken };
    fetch(siteUrl(`api/runs/${this.run.id}/stop`), { method: "POST", headers }).catch(() => null); // said again with the next connection
  }

  // The question stands in its field again when the reader comes back.
  signIn() {
    if (this.isExpecting) this.fail("not_signed_in", translate("sessionEnded"));
    location.assign(siteUrl(`accounts/login/?next=${encodeURIComponent(location.pathname)}`));
  }

  fail(code, message) {
    this.receive({ event: "error", code, message });
  }
}
