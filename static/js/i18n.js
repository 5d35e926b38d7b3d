// Texts of the interface in the reader's language. The server puts them into the page as JSON
// (chat/web/ui_strings.py, templates/chat/ui_strings.html).

const strings = JSON.parse(document.getElementById("ui-strings").textContent);

/** Why a passage was retrieved, by the reason's code. @type {Record<string, string>} */
const matchReasons = strings.matchReasons ?? {};

/**
 * A text of the interface with its {placeholders} filled in.
 *
 * @param {string} name
 * @param {Record<string, string | number>} [parameters]
 * @returns {string}
 */
export function translate(name, parameters = {}) {
  return fillPlaceholders(strings[name] ?? name, parameters);
}

/**
 * The message of an event in the reader's language: looked up by the event's reason (a notice: by
 * its code), then by its English sentence. A message that is not known is shown as it came.
 *
 * @param {{event: string, message: string, code?: string, reason?: string,
 *   parameters?: Record<string, string | number>, retry_after?: number}} event
 * @returns {string}
 */
export function translateEvent(event) {
  const key = event.reason ?? (event.event === "notice" ? event.code : undefined);
  const text = strings.messages?.[key];
  if (text && key === "context_trimmed") {
    const parts = leftOutParts(event.parameters ?? {});
    return parts ? fillPlaceholders(text, { parts }) : event.message;
  }
  if (text) return fillPlaceholders(text, event.parameters ?? {});
  const sentence = strings.sentences?.[event.message];
  if (sentence) return sentence;
  if (event.code === "too_many" && event.retry_after && strings.language !== "en") {
    return translate("wait", { n: event.retry_after });
  }
  return event.message;
}

/** Whether a notice stands in grey below the answer. @param {string} code */
export function isAside(code) {
  return (strings.asides ?? []).includes(code);
}

/**
 * A number with its noun, in the right form.
 *
 * @param {"files" | "steps" | "lines" | "selected" | "tokens"} noun
 * @param {number} n
 * @param {string | number} [shown] how the number is written
 * @returns {string}
 */
export function plural(noun, n, shown = n) {
  return pluralForm(strings.plurals?.[noun], n, shown);
}

/**
 * What a step has done, in the reader's language; while it runs, what it is about to do.
 *
 * @param {{tool: string, arguments?: object, summary: string, code?: string, parameters?: object}} step
 * @returns {string} with names and places between backticks
 */
export function stepSentence({ tool, arguments: given, summary, code, parameters }) {
  const done = strings.messages?.[code];
  if (done) return fillPlaceholders(done, parameters ?? {});
  const running = strings.runningSteps?.[tool] ?? `\`${tool}\``;
  return summary || fillPlaceholders(running, given ?? {});
}

/**
 * Why a passage was retrieved, empty for an unknown code.
 *
 * @param {string} code
 * @param {string} [via] path of the file that led to it
 * @returns {string}
 */
export function translateMatchReason(code, via = "") {
  return (matchReasons[code] ?? "").replace("{path}", () => via);
}

/**
 * Labels the buttons of code and drawings, and translates the notes of the Markdown renderer, which does not
 * know the reader's language.
 *
 * @param {ParentNode} root
 */
export function labelCodeButtons(root) {
  for (const action of ["wrap", "copy", "enlarge"]) {
    const buttons = `:is(.code, .diagram:not(.wiki-drawing)) [data-action=${action}]`;
    for (const button of root.querySelectorAll(buttons)) {
      button.textContent = strings[action];
    }
  }
  for (const note of root.querySelectorAll(".render-note, .cite-note")) {
    const text = strings.renderNotes?.[note.dataset.note] ?? note.textContent.trim();
    note.textContent = note.matches(".cite-note") ? ` ${text}` : text;
  }
  for (const note of root.querySelectorAll(".cite > .cite-note")) {
    const cite = note.parentElement;
    if (!cite.dataset.title) cite.dataset.title = cite.title;
    cite.title = `${cite.dataset.title} · ${note.textContent.trim()}`;
  }
}

// What stayed out of a prompt, by code, see chat/core/left_out.py.
function leftOutParts(counts) {
  const known = Object.entries(strings.leftOut ?? {}).filter(([code]) => code in counts);
  return known.map(([code, forms]) => pluralForm(forms, counts[code])).join(", ");
}

function pluralForm(forms, n, shown = n) {
  const category = new Intl.PluralRules(strings.language).select(n);
  return fillPlaceholders(forms?.[category] ?? "{n}", { n: shown });
}

function fillPlaceholders(text, parameters) {
  return text.replace(/\{(\w+)\}/g, (_, name) => parameters[name] ?? "");
}
