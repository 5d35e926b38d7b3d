// A WebSocket that speaks the events of the chat protocol and notices when its connection is dead: it
// pings, and a ping without any message after it within a time-out counts as a lost connection.

const PROTOCOL = "deepwiki.events.v1";
const OPEN_TIMEOUT_MS = 5000;
const PING_INTERVAL_MS = 15_000;
const PONG_TIMEOUT_MS = 10_000;
const NO_PONG = 4000; // close code of a connection that is given up here

export class EventSocket {
  /**
   * @param {WebSocket} socket
   * @param {{onEvent: (event: object) => void, onClose: (code: number) => void}} listeners
   *   onClose is called once, and no event is received after it
   */
  constructor(socket, { onEvent, onClose }) {
    this.socket = socket;
    this.onClose = onClose;
    this.pongTimeout = undefined;
    this.pings = setInterval(() => this.ping(), PING_INTERVAL_MS);
    socket.onmessage = ({ data }) => {
      clearTimeout(this.pongTimeout);
      this.pongTimeout = undefined;
      onEvent(JSON.parse(data));
    };
    socket.onclose = ({ code }) => this.end(code);
  }

  /** Whether messages can be sent. @returns {boolean} */
  get isOpen() {
    return this.socket?.readyState === 1; // WebSocket.OPEN
  }

  /** @param {object} message */
  send(message) {
    if (this.isOpen) this.socket.send(JSON.stringify(message));
  }

  /** Asks for a sign of life. The connection is given up when none comes. */
  ping() {
    if (!this.isOpen || this.pongTimeout !== undefined) return;
    this.send({ event: "ping" });
    this.pongTimeout = setTimeout(() => this.end(NO_PONG), PONG_TIMEOUT_MS);
  }

  // Over, whether or not the other side will ever say so: a closing handshake takes long, too.
  end(code) {
    if (!this.socket) return;
    const { socket } = this;
    this.socket = null;
    clearInterval(this.pings);
    clearTimeout(this.pongTimeout);
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
    this.onClose(code);
  }
}

/**
 * Opens a socket.
 *
 * @param {string} url with the scheme of the page
 * @param {{onEvent: (event: object) => void, onClose: (code: number) => void}} listeners
 * @returns {Promise<EventSocket | null>} null when it does not open in time
 */
export function openSocket(url, listeners) {
  const socket = new WebSocket(url, PROTOCOL);
  return new Promise((resolve) => {
    const giveUp = () => {
      clearTimeout(timeout);
      socket.onopen = null;
      socket.onclose = null;
      socket.close();
      resolve(null);
    };
    const timeout = setTimeout(giveUp, OPEN_TIMEOUT_MS);
    socket.onclose = giveUp;
    socket.onopen = () => {
      clearTimeout(timeout);
      resolve(new EventSocket(socket, listeners));
    };
  });
}
