// The rounds of a Deep Research answer: a list of buttons above it, each showing its own blocks.
import { translate } from "./i18n.js";
import { cloneTemplate } from "./templates.js";

const TOPIC_CHARS = 80;

/**
 * Adds a round to an answer. It is shown unless the reader is in an earlier one.
 *
 * @param {HTMLElement} answer
 * @param {{stage: string, iteration: number, looking_for?: string, passages?: number}} event
 */
export function addStage(answer, event) {
  const list = answer.querySelector("[data-part=stages]");
  const number = list.children.length;
  const follows = number === 0 || isShown(answer, number - 1);
  const item = cloneTemplate("stage-template");
  const button = item.querySelector("button");
  button.dataset.stage = number;
  button.setAttribute("aria-pressed", "false");
  item.querySelector("[data-part=stage-name]").textContent = stageName(event);
  item.querySelector("[data-part=stage-topic]").textContent = stageTopic(event);
  list.append(item);
  list.hidden = false;
  if (follows) showStage(answer, number);
}

/**
 * Shows the blocks of one round.
 *
 * @param {HTMLElement} answer
 * @param {number} number from 0
 */
export function showStage(answer, number) {
  for (const button of answer.querySelectorAll("[data-action=stage]")) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.stage) === number));
  }
  for (const block of answer.querySelectorAll("[data-part=body] > [data-stage]")) {
    block.hidden = Number(block.dataset.stage) !== number;
  }
}

/**
 * Gives a new block to the round that is being written.
 *
 * @param {HTMLElement} answer
 * @param {HTMLElement} block
 */
export function addToLastStage(answer, block) {
  const count = answer.querySelector("[data-part=stages]").children.length;
  if (count === 0) return;
  block.dataset.stage = count - 1;
  block.hidden = !isShown(answer, count - 1);
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

function stageTopic({ looking_for: topic, passages }) {
  if (!topic) return "";
  return `${topic.slice(0, TOPIC_CHARS)} · ${translate("passages", { n: passages })}`;
}
