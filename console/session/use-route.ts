import { useEffect, useState } from "preact/hooks";
import { parseRoute, type Route } from "../routes.ts";

/** The route of the address's fragment, anew when it changes. */
export function useRoute(): Route {
  const [hash, setHash] = useState(() => location.hash);
  useEffect(() => {
    const changed = () => setHash(location.hash);
    window.addEventListener("hashchange", changed);
    return () => window.removeEventListener("hashchange", changed);
  }, []);
  return parseRoute(hash);
}
