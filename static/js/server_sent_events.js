// The events of an answer as server-sent events over HTTP, where there is no WebSocket. Read with
// fetch, because EventSource can neither send a question nor tell a dead connection.
import { siteUrl } from "./urls.js";

const CONNECT_TIMEOUT_MS = 20_000;
const SILENCE_MS = 40_000; // the server sends a comment every 15 s

/**
 * Sends a question.
 *
 * @param {import("./event_stream.js").Question} question
 * @returns {Promise<Response | null>} null without a connection
 */
export function postQuestion({ request, url, csrfToken }) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken };
  return fetchEvents(url, { method: "POST", headers, body: JSON.stringify(request) });
}

/**
 * Asks for the later events of a run.
 *
 * @param {{id: string, seq: number}} run `seq` is the number of the last event that is known
 * @returns {Promise<Response | null>} null without a connection
 */
export function getEvents({ id, seq }) {
  return fetchEvents(siteUrl(`api/runs/${id}/events?after=${seq}`), {});
}

/**
 * The events in a response. Ends with the response, also when the connection is cut or silent.
 *
 * @param {Response} response
 */
export async function* readEvents(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  while (true) {
    const { done, value } = await inTime(reader.read(), SILENCE_MS);
    if (done) {
      reader.cancel().catch(() => null);
      return;
    }
    buffer += value;
    const blocks = buffer.split("\n\n");
    buffer = blocks.pop();
    for (const block of blocks) {
      const line = block.split("\n").find((text) => text.startsWith("data: "));
      if (line) yield JSON.parse(line.slice("data: ".length)); // ours have their data on one line
    }
  }
}

async function fetchEvents(url, options) {
  const abort = new AbortController();
  const timeout = setTimeout(() => abort.abort(), CONNECT_TIMEOUT_MS);
  const headers = { Accept: "text/event-stream", ...options.headers };
  try {
    return await fetch(url, { ...options, headers, signal: abort.signal });
  } catch {
    return null;
  } finally {
    clearTimeout(timeout);
  }
}

// What is read, or an end after so many milliseconds or an error.
async function inTime(reading, milliseconds) {
  let timeout;
  const silence = new Promise((resolve) => {
    timeout = setTimeout(() => resolve({ done: true }), milliseconds);
  });
  const read = await Promise.race([reading.catch(() => ({ done: true })), silence]);
  clearTimeout(timeout);
  return read;
}
