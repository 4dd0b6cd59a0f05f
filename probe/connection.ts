import { isIP } from "node:net";
import type { Client } from "undici";
import { MAX_ANSWER_HEAD_BYTES } from "../domain/limits.ts";
import type { Ports } from "../domain/net/addresses.ts";

const CONNECT_TIMEOUT_MS = 5_000;

/** Where probes connect to. */
export interface ProbePorts extends Ports {
  /** Authority of the certificates there, PEM. @default those that Node.js trusts */
  readonly ca?: string | undefined;
}

/**
 * Where the server of a URL is connected to, and how.
 * @param address that was looked up and checked before
 * @param name for which the server has a certificate
 */
export function connectionTo(url: URL, address: string, name: string, { httpsPort, httpPort, ca }: ProbePorts) {
  const options: Client.Options = {
    maxHeaderSize: MAX_ANSWER_HEAD_BYTES,
    connect: {
      timeout: CONNECT_TIMEOUT_MS,
      servername: isIP(name) === 0 ? name : undefined,
      ca,
      // NODE_TLS_REJECT_UNAUTHORIZED=0 has no effect.
      rejectUnauthorized: true,
    },
  };
  return { origin: `${url.protocol}//${address}:${url.protocol === "https:" ? httpsPort : httpPort}`, options };
}
