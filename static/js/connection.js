// One socket for all questions of a page. Opens within 5 s or not at all; tries three times, then says so, and the
// caller goes over HTTP. Reconnecting attaches to the run that exists: it never asks twice.
import { say } from "./words.js";

const OPEN_MS = 5000;
const PAUSES_MS = [1000, 2000, 3000];
const PING_MS = 25000;
const OPEN = 1; // WebSocket.OPEN

export class Connection {
  constructor({ onEvent, onState }) {
    this.onEvent = onEvent;
    this.onState = onState;
    this.socket = null;
    this.run = null; // the running answer: { id, seq }
    this.dead = false; // three tries failed: HTTP from now on
  }

  async ready() {
    if (this.socket?.readyState === OPEN) return true;
    if (this.dead) return false;
    for (let attempt = 0; attempt <= PAUSES_MS.length; attempt += 1) {
      if (attempt > 0) {
        this.onState(say(this.run ? "reconnecting" : "retrying"));
        await new Promise((done) => { setTimeout(done, PAUSES_MS[attempt - 1]); });
      }
      if (await this.open()) {
        this.onState("");
        return true;
      }
    }
    this.dead = true;
    this.onState(say("http"));
    return false;
  }

  open() {
    return new Promise((done) => {
      const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/chat`;
      const socket = new WebSocket(address, "deepwiki.events.v1");
      const timer = setTimeout(() => { socket.close(); done(false); }, OPEN_MS);
      socket.onopen = () => {
        clearTimeout(timer);
        this.socket = socket;
        this.pinger = setInterval(() => this.send({ event: "ping" }), PING_MS);
        done(true);
      };
      socket.onmessage = (message) => this.take(JSON.parse(message.data));
      socket.onclose = (event) => {
        clearTimeout(timer);
        clearInterval(this.pinger);
        const mine = this.socket === socket;
        if (mine) this.socket = null;
        done(false);
        if (event.code === 4401) location.assign(`/accounts/login/?next=${encodeURIComponent(location.pathname)}`);
        else if (mine && this.run) this.resume();
        else if (mine && this.pending) this.ask(this.pending.request, this.pending.streamUrl, this.pending.csrf);
      };
    });
  }

  async resume() {
    if (await this.ready()) this.send({ event: "attach", run: this.run.id, after: this.run.seq });
    else await this.follow(`/api/runs/${this.run.id}/events?after=${this.run.seq}`, { method: "GET" });
  }

  async attach(run, after) {
    this.run = { id: run, seq: after };
    await this.resume();
  }

  async ask(request, streamUrl, csrf) {
    this.run = null;
    this.pending = { request, streamUrl, csrf }; // until it is accepted; sent again, it is still asked only once
    if (await this.ready()) {
      this.send({ event: "ask", ...request });
      return;
    }
    await this.follow(streamUrl, {
      method: "POST",
      headers: { Accept: "text/event-stream", "Content-Type": "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify(request),
    });
  }

  async stop(csrf) {
    if (!this.run) return;
    if (this.socket?.readyState === OPEN) this.send({ event: "stop", run: this.run.id });
    else await fetch(`/api/runs/${this.run.id}/stop`, { method: "POST", headers: { "X-CSRFToken": csrf } });
  }

  send(message) {
    if (this.socket?.readyState === OPEN) this.socket.send(JSON.stringify(message));
  }

  take(event) {
    if (event.seq || event.event === "error") this.pending = null;
    if (event.seq) {
      if (this.run && this.run.id === event.run && event.seq <= this.run.seq) return; // seen before
      this.run = { id: event.run, seq: event.seq };
    }
    if (event.event === "done" || event.event === "error") {
      if (event.event === "done" || !event.seq) this.run = null;
    }
    this.onEvent(event);
  }

  // The same events as server-sent events over HTTP.
  async follow(url, options) {
    try {
      const response = await fetch(url, options);
      if (!response.ok) {
        const detail = await response.json().catch(() => ({}));
        this.run = null;
        this.onEvent({ event: "error", code: "http", message: detail.detail || say("silent") });
        return;
      }
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        rest += value;
        const parts = rest.split("\n\n");
        rest = parts.pop();
        for (const part of parts) {
          const data = part.split("\n").filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
          if (data) this.take(JSON.parse(data));
        }
      }
      if (this.run) throw new TypeError("cut");
    } catch {
      const again = this.run;
      if (again && (again.tries || 0) < 3) {
        this.onState(say("reconnecting"));
        await new Promise((done) => { setTimeout(done, 1000); });
        if (this.run) this.run.tries = (again.tries || 0) + 1;
        await this.follow(`/api/runs/${again.id}/events?after=${again.seq}`, { method: "GET" });
        return;
      }
      this.run = null;
      this.onEvent({ event: "error", code: "connection", message: say("lost") });
    }
  }
}
