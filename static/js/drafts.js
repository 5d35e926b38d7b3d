// What is typed and not yet answered, kept in the tab for when the page is loaded again.

/** The draft of the question field. @returns {{text: string, files: object[]}} */
export function loadDraft() {
  const text = sessionStorage.getItem(draftKey()) ?? "";
  return { text, files: JSON.parse(sessionStorage.getItem(filesKey()) ?? "[]") };
}

/**
 * @param {string} text
 * @param {object[]} files that are attached
 */
export function saveDraft(text, files) {
  sessionStorage.setItem(draftKey(), text);
  sessionStorage.setItem(filesKey(), JSON.stringify(files));
}

/**
 * The client_message_id of a question. One that was sent and neither accepted nor refused, before the
 * page was loaded again perhaps, keeps its id: the server answers it once.
 *
 * @param {string} text
 * @returns {string}
 */
export function messageId(text) {
  const sent = JSON.parse(sessionStorage.getItem(sentKey()) ?? "{}");
  const id = sent.text === text ? sent.id : newUuid();
  sessionStorage.setItem(sentKey(), JSON.stringify({ id, text }));
  return id;
}

/** The question that was sent has been accepted or refused. */
export function forgetSent() {
  sessionStorage.removeItem(sentKey());
}

function draftKey() {
  return `draft:${location.pathname}`;
}

function filesKey() {
  return `draft-files:${location.pathname}`;
}

function sentKey() {
  return `sent:${location.pathname}`;
}

// A random UUID (RFC 9562, version 4). crypto.randomUUID exists in secure contexts only.
function newUuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] % 16) + 0x40;
  bytes[8] = (bytes[8] % 64) + 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
