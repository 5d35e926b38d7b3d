// Presents the slides of a page: one fills the window, the others wait. Without it they are a list.
// It imports nothing: the file of slides that is downloaded holds it as it is.
const deck = document.querySelector("[data-deck]");
const presenter = deck?.querySelector("[data-presenter]");
const stage = deck?.querySelector("[data-presenter-stage]");
const list = deck?.querySelector("[data-deck-slides]");
const slides = deck ? [...deck.querySelectorAll(".slide")] : [];
const SWIPE = 50; // pixels
let current = 0;
let touch = null;

const actions = {
  present: () => open(current),
  print: () => window.print(),
  next: () => show(current + 1),
  previous: () => show(current - 1),
  overview: () => toggleOverview(),
  notes: () => toggle("notes", "with-notes"),
  fullscreen: toggleFullscreen,
  keys: toggleKeys,
  close: () => presenter.close(),
};

const keys = {
  ArrowRight: actions.next,
  ArrowDown: actions.next,
  PageDown: actions.next,
  " ": actions.next,
  ArrowLeft: actions.previous,
  ArrowUp: actions.previous,
  PageUp: actions.previous,
  Home: () => show(0),
  End: () => show(slides.length - 1),
  o: actions.overview,
  n: actions.notes,
  f: actions.fullscreen,
  "?": actions.keys,
};

function open(place) {
  for (const slide of slides) slide.querySelector(".slide-notes")?.setAttribute("open", "");
  stage.append(...slides);
  presenter.showModal();
  stage.focus(); // not the first button, which the space bar would press
  show(place);
}

function show(place) {
  current = Math.min(Math.max(place, 0), slides.length - 1);
  for (const [at, slide] of slides.entries()) slide.toggleAttribute("data-current", at === current);
  const values = { place: current + 1, count: slides.length, title: slides[current].dataset.name };
  deck.querySelector("[data-presenter-place]").textContent = `${values.place} / ${values.count}`;
  presenter.querySelector("progress").value = values.place;
  const status = deck.querySelector("[data-presenter-status]");
  status.textContent = status.dataset.text.replace(
    /\{(\w+)\}/g,
    (all, name) => values[name] ?? all,
  );
  history.replaceState(null, "", `#${values.place}`);
  if (stage.classList.contains("overview")) slides[current].focus();
  else stage.scrollTop = 0;
}

function toggle(name, style, on = !stage.classList.contains(style)) {
  stage.classList.toggle(style, on);
  presenter.querySelector(`[data-deck-action=${name}]`).setAttribute("aria-pressed", String(on));
}

function toggleOverview(on) {
  toggle("overview", "overview", on);
  const isOn = stage.classList.contains("overview");
  for (const slide of slides) slide.tabIndex = isOn ? 0 : -1;
  if (isOn) slides[current].focus();
}

function toggleKeys() {
  const help = deck.querySelector("[data-presenter-keys]");
  help.hidden = !help.hidden;
  presenter
    .querySelector("[data-deck-action=keys]")
    .setAttribute("aria-expanded", String(!help.hidden));
  (help.hidden ? stage : help).focus(); // what is hidden keeps no focus, nor keys
}

function toggleFullscreen() {
  const change = document.fullscreenElement
    ? document.exitFullscreen()
    : document.documentElement.requestFullscreen?.(); // a dialog is refused
  change?.catch(() => {}); // the browser may refuse
}

// Also where the browser's own keys left it.
function fullscreenChanged() {
  const button = presenter.querySelector("[data-deck-action=fullscreen]");
  button.setAttribute("aria-pressed", String(Boolean(document.fullscreenElement)));
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const onControl = event.target.closest("a, button, summary");
  if (onControl && [" ", "Enter"].includes(event.key)) return;
  if (event.key === "Enter" && stage.classList.contains("overview")) {
    toggleOverview(false);
    show(current);
  } else {
    const action = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    action();
  }
  event.preventDefault();
  event.stopPropagation();
}

// Esc closes what was opened last: the keys, the overview, then the presentation.
function cancelled(event) {
  const help = deck.querySelector("[data-presenter-keys]");
  if (!help.hidden) toggleKeys();
  else if (stage.classList.contains("overview")) toggleOverview(false);
  else return;
  event.preventDefault();
}

function closed() {
  toggleOverview(false);
  if (document.fullscreenElement) document.exitFullscreen();
  list.append(...slides);
  for (const slide of slides) slide.querySelector(".slide-notes")?.removeAttribute("open");
  slides[current].scrollIntoView({ block: "start" });
  deck.querySelector("[data-deck-action=present]").focus({ preventScroll: true });
}

function clicked({ target }) {
  const action = target.closest("[data-deck-action]")?.dataset.deckAction;
  if (action) actions[action]();
  else if (!presenter.open) return;
  else if (target.closest("a.cite"))
    presenter.close(); // its lines open beside the page
  else if (stage.classList.contains("overview") && target.closest(".slide")) {
    toggleOverview(false);
    show(slides.indexOf(target.closest(".slide")));
  }
}

function touched(event) {
  touch = event.touches.length === 1 ? event.touches[0] : null;
}

function released(event) {
  if (!touch || stage.classList.contains("overview")) return;
  const across = event.changedTouches[0].clientX - touch.clientX;
  const down = event.changedTouches[0].clientY - touch.clientY;
  if (Math.abs(across) > SWIPE && Math.abs(across) > 2 * Math.abs(down))
    show(current - Math.sign(across));
}

function placeInAddress() {
  const place = /^#(\d{1,3})$/.exec(location.hash)?.[1];
  return place && slides[place - 1] ? place - 1 : null;
}

function openFromAddress() {
  const place = placeInAddress();
  if (place === null) return;
  if (presenter.open) show(place);
  else open(place);
}

if (slides.length) {
  for (const button of deck.querySelectorAll(".deck-actions [hidden]")) button.hidden = false;
  for (const slide of slides) slide.tabIndex = -1;
  deck.addEventListener("click", clicked);
  presenter.addEventListener("keydown", pressed);
  presenter.addEventListener("cancel", cancelled);
  presenter.addEventListener("close", closed);
  document.addEventListener("fullscreenchange", fullscreenChanged);
  stage.addEventListener("touchstart", touched, { passive: true });
  stage.addEventListener("touchend", released, { passive: true });
  window.addEventListener("hashchange", openFromAddress);
  openFromAddress();
}
