import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import { Gate } from "./gate.tsx";
import { apiBase, ClientContext, createClient } from "./session/client.ts";
import { type Connection, connectionAfter, NO_CONNECTION } from "./session/connection.ts";
import { forgetKey, keepKey, readKey } from "./session/key.ts";
import { ReaderContext, useNewReader } from "./session/reader.ts";
import { Shell } from "./shell.tsx";

/** The whole page: the question for the key, or what it opens. A key that the API refuses leads back to the question. */
export function App() {
  const reader = useNewReader();
  const [key, setKey] = useState(readKey);
  const [refused, setRefused] = useState(false);
  const [connection, setConnection] = useState<Connection>(NO_CONNECTION);
  const { theme, language } = reader.preferences;
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    if (theme === "auto") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
  }, [theme, language]);

  // What was typed into the form may be secret, too: it is gone once the question is seen. Who is asked for the key again finds it as it was.
  useLayoutEffect(() => {
    if (key === undefined && !refused) sessionStorage.clear();
  }, [key, refused]);

  const lock = (wrong: boolean) => {
    forgetKey();
    setRefused(wrong);
    setKey(undefined);
  };
  const client = useMemo(
    () =>
      key === undefined
        ? undefined
        : createClient(key, apiBase(location.href), {
            onWrongKey: () => lock(true),
            onCall: (error) => setConnection((before) => connectionAfter(before, error, Date.now())),
          }),
    [key],
  );
  const open = (typed: string) => {
    keepKey(typed);
    setRefused(false);
    setKey(typed);
  };
  return (
    <ReaderContext.Provider value={reader}>
      {client === undefined ? (
        <Gate refused={refused} onKey={open} />
      ) : (
        <ClientContext.Provider value={client}>
          <Shell connection={connection} onLock={() => lock(false)} />
        </ClientContext.Provider>
      )}
    </ReaderContext.Provider>
  );
}
