// Menus: `details.menu` with a `role=menu` in it. Arrow keys go through it, and a choice closes it.

const ITEMS = "[role^=menuitem]";

/** Gives every menu of the page, those that come later too, the keys of a menu. */
export function bindMenus() {
  document.addEventListener(
    "toggle",
    ({ target }) => target.matches?.(".menu") && begin(target),
    true,
  );
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.(".menu");
    if (menu) press(menu, event);
  });
  document.addEventListener("click", ({ target }) => {
    const item = target.closest(`.menu ${ITEMS}`);
    if (item) choose(item);
  });
}

// Opens upwards where there is more room.
function begin(menu) {
  if (!menu.open) return;
  const list = menu.querySelector("[role=menu]");
  const { top, bottom } = menu.querySelector("summary").getBoundingClientRect();
  const room = (menu.closest(".rail-list") ?? document.body).getBoundingClientRect();
  const fitsBelow = bottom + list.offsetHeight < room.bottom;
  menu.classList.toggle("up", !fitsBelow && top - room.top > list.offsetHeight);
  itemsOf(list)[0].focus({ preventScroll: true });
}

// Some are shown only where the page is narrow.
function itemsOf(menu) {
  return [...menu.querySelectorAll(ITEMS)].filter((item) => item.checkVisibility());
}

function press(menu, event) {
  if (event.key === "ArrowDown" && event.target.matches("summary")) {
    event.preventDefault();
    menu.open = true;
    return;
  }
  const items = itemsOf(menu);
  const place = items.indexOf(event.target);
  if (!menu.open || place < 0) return;
  const last = items.length - 1;
  const next = {
    ArrowDown: place === last ? 0 : place + 1,
    ArrowUp: place === 0 ? last : place - 1,
    Home: 0,
    End: last,
  }[event.key];
  if (event.key === "Tab") menu.open = false;
  if (next === undefined) return;
  event.preventDefault();
  items[next].focus();
}

function choose(item) {
  const menu = item.closest(".menu");
  if (item.matches("[role=menuitemradio]")) {
    for (const radio of menu.querySelectorAll("[role=menuitemradio]")) {
      radio.setAttribute("aria-checked", String(radio === item));
    }
  }
  menu.open = false;
  if (!item.dataset.action) menu.querySelector("summary").focus({ preventScroll: true });
}
