// The script of every page: binds the actions of buttons (data-action) and starts what a page has.
import { wasOpenedAgain } from "./block_updates.js";
import { copyAnswer, copyText } from "./clipboard.js";
import { Composer } from "./composer.js";
import { followDeletion } from "./conversation.js";
import { askAgain, editQuestion } from "./editing.js";
import { takeHandedQuestion } from "./handed_question.js";
import { labelCodeButtons, translate } from "./i18n.js";
import { bindKeyboard, enableSingleKeys } from "./keyboard.js";
import { bindMenus } from "./menus.js";
import { bindPageUpdates, bindPrinting, showLoadError } from "./page_updates.js";
import { PaneLoader } from "./pane_loader.js";
import { showPassword } from "./password_fields.js";
import { bindPopups, closePopups } from "./popups.js";
import { opensHere } from "./pressed.js";
import { bindQuoting, quoteSelection } from "./quoting.js";
import { bindRailSearch, toggleRail } from "./rail.js";
import { beginSelection, bindRailItems, endSelection, renameConversation } from "./rail_items.js";
import { revealShownStages, showStage } from "./research_stages.js";
import { ScrollPosition } from "./scroll_position.js";
import { applyTheme } from "./theme.js";
import { Thread } from "./thread.js";
import { copyTurnLink } from "./turn_links.js";
import { followHistory, showVersion } from "./versions.js";

const position = new ScrollPosition(document.getElementById("main"));
const threadElement = document.getElementById("thread");
const sources = startSources();
const thread = startThread();
let drawingView = null;

// By the data-action of the element that is clicked. Those of a conversation wait for its answer.
const actions = {
  "toggle-rail": toggleRail,
  rename: renameConversation,
  "select-conversations": beginSelection,
  "end-selection": endSelection,
  help: () => document.getElementById("help").showModal(),
  theme: (button) => applyTheme(button.value),
  "show-password": showPassword,
  keys: (checkbox) => enableSingleKeys(checkbox.checked),
  "copy-text": (button) => copyText(button, button.dataset.text),
  "copy-answer": (button) => copyAnswer(button, button.closest(".answer")),
  "copy-turn": (button) => copyTurnLink(button, thread.composer.conversation),
  copy: (button) => copyText(button, codeBlock(button).querySelector("code").textContent),
  enlarge: (button) => enlarge(button.closest("figure")),
  wrap: (button) => codeBlock(button).classList.toggle("wrap"),
  stage: (button) => showStage(button.closest(".answer"), Number(button.dataset.stage)),
  quote: quoteSelection,
  latest: () => position.toEnd(),
  stop: () => thread?.stop(),
  suggest: (button) =>
    whenIdle(() => thread.ask(button.dataset.question ?? button.textContent.trim())),
  continue: () => whenIdle(() => thread.ask(translate("continue"))),
  again: (button) => whenIdle(() => askAgain(button.closest(".answer"), thread)),
  edit: (button) => whenIdle(() => editQuestion(button.closest(".question"), thread)),
};

document.addEventListener("click", (event) => {
  const element = event.target.closest("[data-action]");
  if (element) act(element);
  if (!thread?.isRunning) position.stopFollowing();
  const version = event.target.closest(".versions a");
  if (version && thread && !thread.isRunning && opensHere(event)) {
    event.preventDefault();
    showVersion(version, thread);
  }
  const cite = event.target.closest("a.cite, a.step-place");
  if (cite && sources?.canOpen(cite) && opensHere(event)) {
    event.preventDefault();
    sources.open(cite);
  }
  const link = event.target.closest("#pane a:not(.to-reader), #dialog .files-dialog a");
  if (link) sources?.pane?.followLink(link, event);
  if (event.target instanceof HTMLDialogElement) event.target.close(); // its backdrop
  closePopups(event.composedPath());
});

// What a reader opens is brought into view.
threadElement?.addEventListener(
  "toggle",
  ({ target }) => {
    if (target.open && !wasOpenedAgain(target)) target.scrollIntoView({ block: "nearest" });
  },
  true,
);

bindKeyboard({ sources, thread });
bindPageUpdates(position);
bindPrinting();
bindMenus();
bindPopups();
bindRailItems();
bindRailSearch();
bindQuoting();
labelCodeButtons(document);
revealShownStages();

function act(element) {
  const { action } = element.dataset;
  (actions[action] ?? sources?.actions[action])?.(element);
}

function startSources() {
  const pane = document.getElementById("pane");
  if (pane) return new PaneLoader(pane, threadElement);
  // Who may not open sources here gets no link that leads nowhere.
  for (const cite of document.querySelectorAll('a:is(.cite, .step-place)[href="#"]'))
    cite.removeAttribute("href");
  return null;
}

function startThread() {
  const form = document.getElementById("composer");
  if (!form) return null;
  const composer = new Composer(form);
  const started = new Thread(threadElement, composer, position);
  composer.onSubmit((text) => {
    if (!text || started.isRunning || !composer.attachments.areReady) {
      composer.focus();
      return;
    }
    composer.clear();
    started.ask(text, { files: composer.attachments.take() });
  });
  followDeletion(composer, () => started.stop());
  followHistory(started);
  const handed = takeHandedQuestion();
  if (handed) started.ask(handed);
  return started;
}

// Few drawings are enlarged: the script of that comes with the first.
async function enlarge(figure) {
  const script = await import("./drawing_view.js").catch(() => null);
  if (!script) {
    showLoadError(translate("silent"));
    return;
  }
  drawingView ??= new script.DrawingView(document.getElementById("drawing-dialog"));
  drawingView.open(figure);
}

function whenIdle(action) {
  if (thread && !thread.isRunning) action();
}

function codeBlock(button) {
  return button.closest("figure");
}
