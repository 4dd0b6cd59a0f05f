import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Socket } from "node:net";
import type { Certificate } from "./certificate.ts";
import { Connections } from "./connections.ts";
import { listenEverywhere } from "./listeners.ts";

export interface PopServerOptions {
  readonly addresses: readonly string[];
  readonly certificate: Certificate;
  readonly httpsPort?: number | undefined;
  readonly httpPort?: number | undefined;
  /** Makes the handler; `reset` ends a connection with RST. */
  readonly handler: (reset: (socket: Socket) => void) => RequestListener;
}

export interface PopServer {
  readonly httpsPort: number;
  readonly httpPort: number;
  /** Cuts every connection and stops listening. */
  close(): Promise<void>;
}

/**
 * HTTPS and HTTP on every address. One server of each kind gets the connections of all addresses, so hundreds of POPs
 * cost no more than their listening sockets.
 */
export async function startPopServer(options: PopServerOptions): Promise<PopServer> {
  const { addresses, certificate } = options;
  const connections = new Connections();
  const handler = options.handler((socket) => connections.reset(socket));
  // Longer than the minute after which clients commonly give up an idle connection.
  const settings = { keepAliveTimeout: 65_000 };
  const https = createHttpsServer({ ...settings, key: certificate.keyPem, cert: certificate.certPem }, handler);
  const http = createHttpServer(settings, handler);

  const handTo = (server: NodeJS.EventEmitter) => (socket: Socket) => {
    connections.add(socket);
    server.emit("connection", socket);
  };
  const secure = await listenEverywhere({ addresses, port: options.httpsPort, onConnection: handTo(https) });
  const plain = await listenEverywhere({ addresses, port: options.httpPort, onConnection: handTo(http) }).catch(
    async (error: unknown) => {
      await secure.close();
      throw error;
    },
  );
  return {
    httpsPort: secure.port,
    httpPort: plain.port,
    async close() {
      const closed = Promise.all([secure.close(), plain.close()]);
      connections.closeAll();
      await closed;
    },
  };
}
