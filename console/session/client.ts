import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Client } from "../api/client.ts";

export const ClientContext = createContext<Client | undefined>(undefined);

export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client === undefined) throw new Error("There is no key yet");
  return client;
}
