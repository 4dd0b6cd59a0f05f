import { createContext } from "preact";
import { useContext } from "preact/hooks";

/** How the calls of the view that is open go. Moments are milliseconds since the epoch. */
export interface Connection {
  /** When the last answer came. */
  readonly answeredAt: number | undefined;
  /** Since when there is none. */
  readonly lostSince: number | undefined;
}

export const NO_CONNECTION: Connection = { answeredAt: undefined, lostSince: undefined };

/** Takes what a view sees of its connection; the top bar shows it. */
export const ConnectionContext = createContext<(connection: Connection) => void>(() => {});

export function useTellConnection(): (connection: Connection) => void {
  return useContext(ConnectionContext);
}
