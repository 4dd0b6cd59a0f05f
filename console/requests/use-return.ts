import { useEffect } from "preact/hooks";
import { hrefOf, parseRoute } from "../routes.ts";

/** How the list was left: its address with filter and search, and how far it was scrolled, in CSS pixels. */
let left = { hash: hrefOf({ name: "requests" }), top: 0 };

/** Where the list is, as it was left. */
export function hrefOfList(): string {
  return left.hash;
}

/** Notes how the list is left. Who comes back from a request finds it scrolled as it was, with the focus on that request. @param isThere its rows are */
export function useReturn(from: string | undefined, isThere: boolean): void {
  useEffect(() => {
    if (!isThere) return;
    const row = document.querySelector<HTMLElement>(`[data-row="${from}"] a`);
    if (row !== null) {
      window.scrollTo(0, left.top);
      row.focus();
    }
    const note = () => {
      left = { ...left, top: window.scrollY };
    };
    window.addEventListener("scroll", note, { passive: true });
    return () => window.removeEventListener("scroll", note);
  }, [isThere]);
  // The fragment may be that of the next view already.
  if (parseRoute(location.hash).name === "requests") left = { ...left, hash: location.hash || left.hash };
}
