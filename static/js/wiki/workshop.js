// Checks the answers of strangers, and keeps in this browser which were right. People with an account have them kept by the server.
const workshop = document.querySelector("[data-workshop][data-keep]");
const KEY = `workshop:${location.pathname}`;
const MOST = 100; // keys that are kept of one workshop

function stored() {
  try {
    const keys = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return new Set(Array.isArray(keys) ? keys : []);
  } catch {
    return new Set();
  }
}

function keep(keys) {
  try {
    localStorage.setItem(KEY, JSON.stringify([...keys].slice(-MOST)));
  } catch {
    // No room, or not allowed: it is not kept.
  }
}

function show(exercise, isRight) {
  exercise.toggleAttribute("data-right", isRight);
  for (const verdict of exercise.querySelectorAll("[data-verdict]"))
    verdict.hidden = (verdict.dataset.verdict === "right") !== isRight;
  exercise.querySelector(".explanation").open = isRight;
  showProgress();
}

function showProgress() {
  const right = workshop.querySelectorAll(".exercise[data-right]").length;
  const count = workshop.querySelectorAll(".exercise").length;
  workshop.querySelector("progress").value = right;
  const text = workshop.querySelector("[data-workshop-right]");
  text.textContent = text.dataset.text.replace("{right}", right).replace("{count}", count);
}

function checked(event) {
  event.preventDefault();
  const exercise = event.target.closest(".exercise");
  const isRight = Boolean(exercise.querySelector("input:checked")?.hasAttribute("data-right"));
  show(exercise, isRight);
  const keys = stored();
  keys.delete(exercise.dataset.exercise);
  if (isRight) keys.add(exercise.dataset.exercise);
  keep(keys);
}

if (workshop) {
  const keys = stored();
  workshop.addEventListener("submit", checked);
  for (const exercise of workshop.querySelectorAll(".exercise")) {
    exercise.querySelector("[data-check]").hidden = false;
    if (keys.has(exercise.dataset.exercise)) show(exercise, true);
  }
}
