import { fnv1a } from "../../../domain/plan/task.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";

/** Where a connection goes, and under which name. */
export interface Endpoint {
  readonly secure: boolean;
  readonly address: string;
  readonly port: number;
  /** Name that the certificate is checked against, and that tells the POP which distribution is meant. */
  readonly servername: string;
}

/** Used where a URL names no port. */
export interface Ports {
  readonly https: number;
  readonly http: number;
}

/** @param turn which of the POP's addresses; after the last one, the first follows again */
export function endpointOf(message: TaskMessage, url: URL, ports: Ports, turn: number): Endpoint {
  const secure = url.protocol === "https:";
  return {
    secure,
    address: message.ips[turn % message.ips.length] ?? "",
    port: url.port === "" ? (secure ? ports.https : ports.http) : Number(url.port),
    servername: message.host.replace(/:\d+$/, ""),
  };
}

/** Index of the address that a URL is asked from first. It depends on the URL alone, and URLs spread evenly. */
export function firstAddress(url: string, addresses: number): number {
  return addresses === 1 ? 0 : fnv1a(url) % addresses;
}
