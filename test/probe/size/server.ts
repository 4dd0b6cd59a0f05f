import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { createCertificate } from "../../../tools/edge/certificate.ts";

/** A request that the server received. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly servername: string | false | null | undefined;
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/**
 * A server on loopback that ends with the test. `tls` names the hosts of its certificate, which only the authority `ca` signed.
 */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, n: number) => void,
  tls?: readonly string[],
): Promise<{
  readonly port: number;
  readonly seen: Seen[];
  readonly connections: () => Promise<number>;
  readonly ca: string | undefined;
}> {
  const seen: Seen[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const { method = "", url: path = "", headers, socket } = request;
    answer(request, response, seen.push({ method, path, headers, servername: (socket as TLSSocket).servername }));
  };
  const certificate = tls === undefined ? undefined : await createCertificate(tls);
  const server =
    certificate === undefined
      ? createServer(listener)
      : createTlsServer({ cert: certificate.certPem, key: certificate.keyPem }, listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const connections = promisify(server.getConnections.bind(server));
  return { port: (server.address() as AddressInfo).port, seen, connections, ca: certificate?.caPem };
}
