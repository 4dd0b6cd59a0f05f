import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Certificate } from "./certificate.ts";

interface PopServerOptions {
  readonly addresses: readonly string[];
  readonly certificate: Certificate;
  readonly httpsPort?: number | undefined;
  readonly httpPort?: number | undefined;
  /** Whether a TLS connection for this server name is refused. @default none is */
  readonly refuses?: ((servername: string) => boolean) | undefined;
  /** Makes the handler; `reset` ends a connection with RST. */
  readonly handler: (reset: (socket: Socket) => void) => RequestListener;
}

interface PopServer {
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
  const { refuses } = options;
  const https = createHttpsServer(
    {
      ...settings,
      key: certificate.keyPem,
      cert: certificate.certPem,
      ...(refuses && {
        SNICallback: (name: string, done: (error: Error | null) => void) =>
          done(refuses(name) ? new Error("a certificate of the client is required") : null),
      }),
    },
    handler,
  );
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

/**
 * The open connections of all POPs. The HTTP servers do not know them, because they do not listen themselves. And a
 * reset has to go to the TCP socket below TLS, which the HTTP side does not see.
 */
export class Connections {
  readonly #sockets = new Set<Socket>();

  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
  }

  /** Ends with RST the connection that `socket`, plain or TLS, belongs to. */
  reset({ remoteAddress, remotePort, localAddress }: Socket): void {
    for (const raw of this.#sockets) {
      const same = raw.remotePort === remotePort && raw.remoteAddress === remoteAddress;
      if (same && raw.localAddress === localAddress) raw.resetAndDestroy();
    }
  }

  get size(): number {
    return this.#sockets.size;
  }

  closeAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

interface Listeners {
  readonly port: number;
  close(): Promise<void>;
}

interface ListenOptions {
  readonly addresses: readonly string[];
  /** @default one that is free on all the addresses */
  readonly port?: number | undefined;
  readonly onConnection: (socket: Socket) => void;
}

const ATTEMPTS = 20;

/** Listens on the same port of every address: clients are told one port for all POPs. */
export async function listenEverywhere({ addresses, port, onConnection }: ListenOptions): Promise<Listeners> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await listenOnce(addresses, port ?? 0, onConnection);
    } catch (error) {
      // A port that is free on the first address may be taken on another one.
      const another = port === undefined && attempt < ATTEMPTS && isInUse(error);
      if (!another) throw error;
    }
  }
}

async function listenOnce(
  addresses: readonly string[],
  wanted: number,
  onConnection: (socket: Socket) => void,
): Promise<Listeners> {
  const servers: Server[] = [];
  const close = async () => {
    await Promise.all(servers.map((server) => new Promise<void>((resolve) => void server.close(() => resolve()))));
  };
  let port = wanted;
  try {
    for (const host of addresses) {
      const server = createServer({ noDelay: true }, onConnection).listen({ host, port });
      await once(server, "listening");
      servers.push(server);
      port = (server.address() as AddressInfo).port;
    }
    return { port, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}
