// The interface's words in the reader's language, as the server put them into the page.
const words = JSON.parse(document.getElementById("words").textContent);

// `say("round", { n: 2, of: 5 })`
export function say(name, values = {}) {
  return fill(words[name] ?? name, values);
}

// A sentence of the server in the reader's language, where it is one of the fixed ones.
export function told(event) {
  if (words.said[event.message]) return words.said[event.message];
  if (event.code === "too_many" && event.retry_after && words.language !== "en") return say("wait", { n: event.retry_after });
  return event.message;
}

export const why = (reason) => words.why[reason] ?? "";

// The renderer of answers knows no reader's language: what its blocks offer is named here.
export function name(within) {
  for (const action of ["wrap", "copy"]) {
    for (const button of within.querySelectorAll(`.code [data-action=${action}]`)) button.textContent = say(action);
  }
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}
