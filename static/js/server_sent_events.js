// The events of an answer as server-sent events over HTTP, where there is no WebSocket.
import { translate } from "./i18n.js";

const MOST_FAILURES = 3; // in a row, without an event in between
const ANSWER_EVENTS = ["status", "step", "sources", "research", "delta", "html", "notice", "usage"];
const EVENTS = ["accepted", ...ANSWER_EVENTS, "error", "done"];

/**
 * Sends a question.
 *
 * @param {import("./event_stream.js").Question} question
 * @returns {Promise<Response | null>} null without a connection
 */
export function postQuestion({ request, url, csrfToken }) {
  const headers = {
    Accept: "text/event-stream",
    "Content-Type": "application/json",
    "X-CSRFToken": csrfToken,
  };
  const options = { method: "POST", headers, body: JSON.stringify(request) };
  return fetch(url, options).catch(() => null);
}

/**
 * The events in a response, which EventSource cannot send a question for. Ends with the response,
 * also when the connection is cut.
 *
 * @param {Response | null} response
 */
export async function* readEvents(response) {
  const reader = response?.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  while (reader) {
    const { done, value } = await reader.read().catch(() => ({ done: true }));
    if (done) return;
    buffer += value;
    const blocks = buffer.split("\n\n");
    buffer = blocks.pop();
    for (const block of blocks) {
      const line = block.split("\n").find((text) => text.startsWith("data: "));
      if (line) yield JSON.parse(line.slice("data: ".length)); // ours have their data on one line
    }
  }
}

/**
 * Receives the later events of a run. EventSource reconnects by itself and sends the number of the
 * last event it received.
 *
 * @param {{id: string, seq: number}} run `seq` is the number of the last event that is known
 * @param {{onEvent: (event: object) => boolean, onState: (text: string) => void,
 *   onLost: () => void}} listeners onEvent returns true when no more events are expected
 */
export function followRun({ id, seq }, { onEvent, onState, onLost }) {
  const source = new EventSource(`/api/runs/${id}/events?after=${seq}`);
  let failures = 0;
  const receive = ({ data }) => {
    if (data === undefined) return; // the connection's own "error"
    failures = 0;
    if (onEvent(JSON.parse(data))) source.close();
  };
  for (const name of EVENTS) source.addEventListener(name, receive);
  source.onopen = () => onState(translate("http"));
  source.onerror = ({ data }) => {
    if (data !== undefined) return; // the answer's "error"
    failures += 1;
    if (failures <= MOST_FAILURES && source.readyState !== EventSource.CLOSED) {
      onState(translate("reconnecting"));
    } else {
      source.close();
      onLost();
    }
  };
}
