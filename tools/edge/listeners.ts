import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

export interface Listeners {
  readonly port: number;
  close(): Promise<void>;
}

export interface ListenOptions {
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
