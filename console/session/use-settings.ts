import { useEffect, useState } from "preact/hooks";
import { type Settings, settingsSchema } from "../api/answers.ts";
import { useClient } from "./client.ts";

/** What this deployment allows; undefined until it is known, and for one of an older release, which does not tell. */
export function useSettings(): Settings | undefined {
  const client = useClient();
  const [settings, setSettings] = useState<Settings>();
  useEffect(() => {
    const stopped = new AbortController();
    client.get("settings", settingsSchema, stopped.signal).then(setSettings, () => {});
    return () => stopped.abort();
  }, [client]);
  return settings;
}
