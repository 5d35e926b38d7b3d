// The rounds of a Deep Research answer: a line of buttons above it, each showing its own blocks, with the
// time that has passed while it runs.
import { translate } from "./i18n.js";
import { cloneTemplate } from "./templates.js";

const clocks = new WeakMap(); // by answer, its timer

/**
 * Adds a round to an answer. It is shown unless the reader is in an earlier one.
 *
 * @param {HTMLElement} answer
 * @param {{stage: string, iteration: number, looking_for?: string, passages?: number}} event
 */
export function addStage(answer, event) {
  const list = part(answer, "stages");
  const number = list.children.length;
  const follows = number === 0 || isShown(answer, number - 1);
  const item = cloneTemplate("stage-template");
  const button = item.querySelector("button");
  button.dataset.stage = number;
  button.setAttribute("aria-pressed", "false");
  item.querySelector("[data-part=stage-name]").textContent = stageName(event);
  item.querySelector("[data-part=stage-aim]").textContent = stageAim(event);
  list.append(item);
  part(answer, "stepper").hidden = false;
  startClock(answer);
  if (follows) showStage(answer, number);
  item.scrollIntoView({ block: "nearest", inline: "end" });
}

/**
 * Shows the blocks of one round, and what it looked for.
 *
 * @param {HTMLElement} answer
 * @param {number} number from 0
 */
export function showStage(answer, number) {
  for (const button of answer.querySelectorAll("[data-action=stage]")) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.stage) === number));
  }
  const aims = answer.querySelectorAll("[data-part=stage-aim]");
  part(answer, "stage-topic").textContent = aims[number]?.textContent ?? "";
  for (const block of answer.querySelectorAll("[data-part=body] > [data-stage]")) {
    block.hidden = Number(block.dataset.stage) !== number;
  }
}

/** Brings the rounds that are shown into the part of their lines that is seen. */
export function revealShownStages() {
  for (const list of document.querySelectorAll("[data-part=stages]")) {
    const shown = list.querySelector("[aria-pressed=true]");
    if (!shown) continue;
    const beyond = shown.getBoundingClientRect().right - list.getBoundingClientRect().right;
    if (beyond > 0) list.scrollLeft += beyond;
  }
}

/**
 * Gives a new block to the round that is being written.
 *
 * @param {HTMLElement} answer
 * @param {HTMLElement} block
 */
export function addToLastStage(answer, block) {
  const count = part(answer, "stages").children.length;
  if (count === 0) return;
  block.dataset.stage = count - 1;
  block.hidden = !isShown(answer, count - 1);
}

/** The answer has ended: its time stands still. @param {HTMLElement} answer */
export function stopClock(answer) {
  clearInterval(clocks.get(answer));
  clocks.delete(answer);
  part(answer, "elapsed").textContent = "";
}

function startClock(answer) {
  if (clocks.has(answer)) return;
  const { dataset } = part(answer, "stepper");
  dataset.began ??= Date.now() / 1000;
  const show = () => {
    const seconds = Math.max(0, Math.round(Date.now() / 1000 - Number(dataset.began)));
    const rest = String(seconds % 60).padStart(2, "0");
    part(answer, "elapsed").textContent = `${Math.floor(seconds / 60)}:${rest}`;
  };
  show();
  clocks.set(answer, setInterval(show, 1000));
}

function part(answer, name) {
  return answer.querySelector(`[data-part=${name}]`);
}

function isShown(answer, number) {
  const button = answer.querySelector(`[data-action=stage][data-stage="${number}"]`);
  return button?.getAttribute("aria-pressed") === "true";
}

function stageName({ stage, iteration }) {
  if (stage === "plan") return translate("plan");
  if (stage === "conclude") return translate("conclusion");
  return translate("update", { n: iteration });
}

function stageAim({ looking_for: aim, passages }) {
  return aim ? `${aim} · ${translate("passages", { n: passages })}` : "";
}
