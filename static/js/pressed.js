// Presses and clicks: what a mouse button or a finger is down on, since to replace it would lose the click.

let pressed = null;
const followers = [];

/**
 * Whether a click has begun in an element, or anywhere.
 *
 * @param {Node} [element]
 * @returns {boolean}
 */
export function isPressed(element = document) {
  return element.contains(pressed);
}

/** Whether a click on a link opens it here, and not in a tab. @param {MouseEvent} event */
export function opensHere({ ctrlKey, metaKey, shiftKey }) {
  return !(ctrlKey || metaKey || shiftKey);
}

/** Calls back after each click, drag or touch. @param {() => void} call */
export function onRelease(call) {
  followers.push(call);
}

function release() {
  pressed = null;
  setTimeout(() => {
    for (const call of followers) call(); // after the click that follows
  });
}

addEventListener("pointerdown", ({ target }) => {
  pressed = target;
});
addEventListener("pointerup", release);
addEventListener("pointercancel", release);
