import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { ApiClient, NoAnswerError, RefusedError, UnreadableAnswerError } from "../../client/api-client.ts";

export const ClientContext = createContext<ApiClient | undefined>(undefined);

export function useClient(): ApiClient {
  const client = useContext(ClientContext);
  if (client === undefined) throw new Error("There is no key yet");
  return client;
}

/** Where the API is, seen from its console: `…/prod/console/index.html` → `…/prod/`. */
export function apiBase(href: string): string {
  return new URL("../", href.replace(/[?#].*$/, "")).href;
}

/**
 * The API with the key of this tab.
 * @param onWrongKey is called when the API says that the key is wrong; the caller gets the error all the same. @default nothing
 */
export function createClient(key: string, url: string, onWrongKey: () => void = () => {}): ApiClient {
  return new ApiClient(url, key, {
    fetch: (input, init) => fetch(input, { ...init, credentials: "omit", cache: "no-store" }),
    explain: (error) => {
      if (error instanceof RefusedError && error.isWrongKey) onWrongKey();
      // A proxy between may answer something of its own.
      const isForeign = error instanceof UnreadableAnswerError && !error.isJson;
      return isForeign ? new NoAnswerError(error.message, { cause: error }) : error;
    },
  });
}
