// The choices of the composer that are the same again on the next page.

/**
 * Restores a choice: one made in this tab, else that of the profile, else the last one made in any tab
 * that is for all of them; and remembers it when it changes. A profile that was changed since counts
 * more than what the tab had.
 *
 * @param {HTMLSelectElement} select `data-chosen` is the profile's
 * @param {(value: string) => boolean} isForAll
 */
export function restoreChoice(select, isForAll = () => true) {
  const { chosen = "" } = select.dataset;
  const profile = `${select.id} of the profile`;
  const isOfThisProfile = (sessionStorage.getItem(profile) ?? "") === chosen;
  const own = isOfThisProfile && sessionStorage.getItem(select.id);
  for (const value of [chosen || localStorage.getItem(select.id), own]) {
    if ([...select.options].some((option) => option.value === value)) select.value = value;
  }
  select.addEventListener("change", () => {
    if (isForAll(select.value)) localStorage.setItem(select.id, select.value);
    sessionStorage.setItem(select.id, select.value);
    sessionStorage.setItem(profile, chosen);
  });
}
