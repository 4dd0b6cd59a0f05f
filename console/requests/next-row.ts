/** Puts the focus on the link of the next or the previous row. The first time, on the first. */
export function nextRow(step: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>("[data-row] a")];
  const at = links.findIndex((link) => link.matches(":focus"));
  links[at === -1 ? 0 : Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
}
