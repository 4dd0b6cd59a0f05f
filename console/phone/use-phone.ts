import { useEffect, useState } from "preact/hooks";
import { useReader } from "../session/reader.ts";

/** The same width as in theme/phone.css. */
const PHONE = "(max-width: 640px)";

/**
 * Whether the window is as narrow as a phone's: then a request stands in one column, in an order of its own. A copy has the order of a
 * desk, wherever it is made: nobody knows who will read it.
 */
export function usePhone(): boolean {
  const { still } = useReader();
  const [narrow] = useState(() => (still ? undefined : matchMedia(PHONE)));
  const [is, set] = useState(narrow?.matches ?? false);
  useEffect(() => {
    const changed = () => set(narrow?.matches ?? false);
    narrow?.addEventListener("change", changed);
    return () => narrow?.removeEventListener("change", changed);
  }, [narrow]);
  return is;
}
