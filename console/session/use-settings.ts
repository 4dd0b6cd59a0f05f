import { useEffect, useState } from "preact/hooks";
import type { Settings } from "../../client/answers.ts";
import { useClient } from "./client.ts";

/** Limits of this deployment; undefined until they are known. */
export function useSettings(): Settings | undefined {
  const client = useClient();
  const [settings, setSettings] = useState<Settings>();
  useEffect(() => {
    const stopped = new AbortController();
    client.settings(stopped.signal).then(
      ({ value }) => setSettings(value),
      () => {},
    );
    return () => stopped.abort();
  }, [client]);
  return settings;
}
