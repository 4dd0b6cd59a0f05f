import { useEffect, useState } from "preact/hooks";

/** The same width as in theme/phone.css. */
const PHONE = "(max-width: 640px)";

/** Whether the window is as narrow as a phone's: then a request stands in one column, in an order of its own. */
export function usePhone(): boolean {
  const [narrow] = useState(() => matchMedia(PHONE));
  const [is, set] = useState(narrow.matches);
  useEffect(() => {
    const changed = () => set(narrow.matches);
    narrow.addEventListener("change", changed);
    return () => narrow.removeEventListener("change", changed);
  }, [narrow]);
  return is;
}
