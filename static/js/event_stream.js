// The events of answers, over one WebSocket for all questions of a page. When the socket cannot be
// opened, over HTTP: POST for a question, EventSource for a run that exists. After a lost connection
// the client attaches to the run by the number of its last event; it never asks twice.
import { translate } from "./i18n.js";
import { followRun, postQuestion, readEvents } from "./server_sent_events.js";

const PROTOCOL = "deepwiki.events.v1";
const OPEN = 1; // WebSocket.OPEN
const OPEN_TIMEOUT_MS = 5000;
const RETRY_DELAYS_MS = [1000, 2000, 3000];
const PING_INTERVAL_MS = 25_000;
const SESSION_ENDED = 4401;

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
    this.socketFailed = false; // all retries failed: HTTP from now on
    this.run = null; // the running answer: its id and the number of its last event
    this.pending = null; // the question until it is accepted; sent again, it is answered only once
  }

  /** @param {Question} question */
  async ask(question) {
    this.run = null;
    this.pending = question;
    if (await this.connect()) this.send({ event: "ask", ...question.request });
    else await this.askOverHttp(question);
  }

  /**
   * Receives the events of a run that exists.
   *
   * @param {string} id
   * @param {number} seq number of the last event that is known, 0 for all events
   */
  async attach(id, seq) {
    this.run = { id, seq };
    if (await this.connect()) this.send({ event: "attach", run: id, after: seq });
    else this.attachOverHttp();
  }

  /** @param {string} csrfToken */
  async stop(csrfToken) {
    if (!this.run) return;
    if (this.isOpen) {
      this.send({ event: "stop", run: this.run.id });
      return;
    }
    const headers = { "X-CSRFToken": csrfToken };
    await fetch(`/api/runs/${this.run.id}/stop`, { method: "POST", headers });
  }

  get isOpen() {
    return this.socket?.readyState === OPEN;
  }

  // Opens the socket if need be; false when that failed and HTTP has to do.
  async connect() {
    if (this.isOpen) return true;
    if (this.socketFailed) return false;
    for (const delay of [0, ...RETRY_DELAYS_MS]) {
      if (delay) {
        this.onState(translate(this.run ? "reconnecting" : "retrying"));
        await new Promise((resolve) => setTimeout(resolve, delay));
      }
      if (await this.open()) {
        this.onState("");
        return true;
      }
    }
    this.socketFailed = true;
    this.onState(translate("http"));
    return false;
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws/chat`, PROTOCOL);
    let pings;
    socket.onmessage = ({ data }) => this.receive(JSON.parse(data));
    return new Promise((resolve) => {
      const timeout = setTimeout(() => {
        socket.close();
        resolve(false);
      }, OPEN_TIMEOUT_MS);
      socket.onopen = () => {
        clearTimeout(timeout);
        this.socket = socket;
        pings = setInterval(() => this.send({ event: "ping" }), PING_INTERVAL_MS);
        resolve(true);
      };
      socket.onclose = ({ code }) => {
        clearTimeout(timeout);
        clearInterval(pings);
        resolve(false);
        this.handleClose(socket, code);
      };
    });
  }

  handleClose(socket, code) {
    const wasOpen = this.socket === socket;
    if (wasOpen) this.socket = null;
    if (code === SESSION_ENDED) {
      location.assign(`/accounts/login/?next=${encodeURIComponent(location.pathname)}`);
    } else if (wasOpen && this.run) {
      this.attach(this.run.id, this.run.seq);
    } else if (wasOpen && this.pending) {
      this.ask(this.pending);
    }
  }

  send(message) {
    if (this.isOpen) this.socket.send(JSON.stringify(message));
  }

  receive(event) {
    const isError = event.event === "error";
    if (event.seq || isError) this.pending = null;
    if (event.seq) {
      if (this.run?.id === event.run && event.seq <= this.run.seq) return; // a repeated event
      this.run = { id: event.run, seq: event.seq };
    }
    // An error with a number is an event of the run: `done` follows.
    if (event.event === "done" || (isError && !event.seq)) this.run = null;
    this.onEvent(event);
  }

  async askOverHttp(question) {
    const response = await postQuestion(question);
    if (response && !response.ok) {
      const { detail } = await response.json().catch(() => ({}));
      this.fail("http", detail || translate("silent"));
      return;
    }
    for await (const event of readEvents(response)) this.receive(event);
    // The connection was cut, the run goes on.
    if (this.run) this.attachOverHttp();
    else if (this.pending) this.fail("connection", translate("lost"));
  }

  attachOverHttp() {
    followRun(this.run, {
      onEvent: (event) => {
        this.receive(event);
        return this.run === null;
      },
      onState: this.onState,
      onLost: () => this.fail("connection", translate("lost")),
    });
  }

  fail(code, message) {
    this.receive({ event: "error", code, message });
  }
}
