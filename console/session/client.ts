import { createContext } from "preact";
import { useContext } from "preact/hooks";
import {
  ApiClient,
  type ClientError,
  NoAnswerError,
  RefusedError,
  UnreadableAnswerError,
} from "../../client/api-client.ts";

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

interface ClientEvents {
  /** The API says that the key is wrong. The caller gets the error all the same. */
  readonly onWrongKey?: () => void;
  /** A call was answered, or failed with an error. */
  readonly onCall?: (error: ClientError | undefined) => void;
}

/** The API with the key of this tab. */
export function createClient(key: string, url: string, { onWrongKey, onCall }: ClientEvents = {}): ApiClient {
  return new ApiClient(url, key, {
    fetch: (input, init) => fetch(input, { ...init, credentials: "omit", cache: "no-store" }),
    onAnswer: ({ status }) => (status === 200 ? onCall?.(undefined) : undefined),
    explain: (error) => {
      if (error instanceof RefusedError && error.isWrongKey) onWrongKey?.();
      // A proxy between may answer something of its own.
      const isForeign = error instanceof UnreadableAnswerError && !error.isJson;
      const explained = isForeign ? new NoAnswerError(error.message, { cause: error }) : error;
      onCall?.(explained);
      return explained;
    },
  });
}
