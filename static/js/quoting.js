// A selection of an answer or of the source is quoted into the next question, by a button that stands
// at it, or by a key.

const MAX_CHARS = 4000; // of one quote
const GAP_PX = 6; // between the selection and the button
const PLACES = "#thread [data-part=body], #pane [data-code]";

/** Follows what is selected. Pages without a question field have no button. */
export function bindQuoting() {
  const button = document.getElementById("quote");
  if (!button) return;
  document.addEventListener("selectionchange", () => {
    button.hidden = true;
  });
  // When the selection is done, not while it grows.
  for (const name of ["pointerup", "keyup"]) {
    document.addEventListener(name, () => setTimeout(() => placeButton(button)));
  }
  document.addEventListener("scroll", () => placeButton(button), true);
  button.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the selection
}

/** Puts the selection into the question field, as a Markdown quote with its place. */
export function quoteSelection() {
  const range = quotableRange();
  const field = document.getElementById("question");
  if (!range || !field) return;
  const before = field.value.trimEnd();
  field.value = `${before}${before && "\n\n"}${quoteOf(range)}\n\n`;
  getSelection().removeAllRanges();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
  field.scrollTop = field.scrollHeight;
}

// The selection, if it stands in one answer or in the source.
function quotableRange() {
  const selection = getSelection();
  if (selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  const common = range.commonAncestorContainer;
  const element = common.nodeType === Node.ELEMENT_NODE ? common : common.parentElement;
  return element.closest(PLACES) && selection.toString().trim() ? range : null;
}

function placeButton(button) {
  const range = quotableRange();
  button.hidden = !range;
  if (!range) return;
  const box = [...range.getClientRects()].at(-1);
  if (!box) return;
  const below = box.bottom + GAP_PX;
  const top = below + button.offsetHeight < innerHeight ? below : box.top - button.offsetHeight;
  const left = Math.min(box.right, innerWidth - button.offsetWidth - GAP_PX);
  Object.assign(button.style, { top: `${top}px`, left: `${Math.max(GAP_PX, left)}px` });
}

function quoteOf(range) {
  const selected = getSelection().toString().trim();
  const text = selected.length > MAX_CHARS ? `${selected.slice(0, MAX_CHARS)} …` : selected;
  const code = elementOf(range.startContainer).closest("[data-code], pre");
  const lines = code ? fenced(text) : text.split("\n");
  const place = placeOf(range);
  const cited = place ? [`\`${place}\``, "", ...lines] : lines;
  return cited.map((line) => `> ${line}`.trimEnd()).join("\n");
}

// The fence is longer than any in the code.
function fenced(text) {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return [fence, ...text.split("\n"), fence];
}

// Selected lines of a file, or what the selected part of an answer cites first.
function placeOf(range) {
  const file = elementOf(range.commonAncestorContainer).closest("[data-code]");
  if (file) {
    const start = elementOf(range.startContainer).closest("li")?.value;
    const end = elementOf(range.endContainer).closest("li")?.value ?? start;
    const lastIsEmpty = range.endOffset === 0 && end > start;
    return start ? cite(file.dataset.path, start, lastIsEmpty ? end - 1 : end) : "";
  }
  const first = range.cloneContents().querySelector("a.cite[data-path]")?.dataset;
  return first ? cite(first.path, first.start, first.end) : "";
}

function cite(path, start, end) {
  return `${path}:L${start}-L${end}`;
}

function elementOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
}
