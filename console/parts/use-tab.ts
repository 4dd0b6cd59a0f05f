import { useEffect } from "preact/hooks";

/** As index.html has it. */
const ICON = "icon.svg";

/** What the browser's tab says and shows. @param title without the name of the page @param icon a file of the console */
export function useTab(title: string, icon: string = ICON): void {
  useEffect(() => {
    document.title = title === "" ? "Prewarm" : `${title} · Prewarm`;
  }, [title]);
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
    if (link !== null && link.getAttribute("href") !== icon) link.href = icon;
  }, [icon]);
}
