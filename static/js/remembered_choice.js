// The choices of the composer that are the same again on the next page.

/**
 * Restores a choice: of this tab, else of the profile, else the last one made in any tab that is for
 * all of them; and remembers it when it changes. A choice in the profile that was changed since counts
 * for more than an earlier one of the tab.
 *
 * @param {HTMLSelectElement} select `data-chosen` is the profile's
 * @param {(value: string) => boolean} isForAll
 */
export function restoreChoice(select, isForAll = () => true) {
  const { chosen = "" } = select.dataset;
  const profileKey = `${select.id}:profile`;
  const isLater = chosen !== (sessionStorage.getItem(profileKey) ?? chosen);
  const ofTab = isLater ? null : sessionStorage.getItem(select.id);
  const last = chosen ? null : localStorage.getItem(select.id);
  for (const value of [chosen, ofTab || last]) {
    if ([...select.options].some((option) => option.value === value)) select.value = value;
  }
  select.addEventListener("change", () => {
    if (isForAll(select.value)) localStorage.setItem(select.id, select.value);
    sessionStorage.setItem(select.id, select.value);
    sessionStorage.setItem(profileKey, chosen);
  });
}
