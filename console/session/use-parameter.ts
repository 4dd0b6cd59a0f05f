import { useEffect, useState } from "preact/hooks";
import { parameterOf, withParameter } from "../routes.ts";

/**
 * Something that the reader chooses in a view and that stands in its address: it survives a reload, and whoever gets the link sees the
 * same. It takes the place of the address before, so that Back leads to the view before.
 */
export function useParameter(name: string): readonly [string | undefined, (value: string | undefined) => void] {
  const [value, setValue] = useState(() => parameterOf(location.hash, name));
  useEffect(() => {
    const changed = () => setValue(parameterOf(location.hash, name));
    window.addEventListener("hashchange", changed);
    return () => window.removeEventListener("hashchange", changed);
  }, [name]);
  const choose = (next: string | undefined) => {
    setValue(next);
    try {
      history.replaceState(history.state, "", withParameter(location.hash, name, next));
    } catch {
      // Safari refuses more than 100 changes in 30 s: the next one writes the whole text.
    }
  };
  return [value, choose];
}
