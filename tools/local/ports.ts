import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";

const HOST = "127.0.0.1";

/** The preferred port if nothing listens on it, else one that is free. */
export async function freePort(preferred = 0): Promise<number> {
  return (await tryPort(preferred)) ?? (await tryPort(0)) ?? fail();
}

/** The address of a server that listens on a port. @throws Error if it does not */
export function addressOf(server: Pick<Server, "address">): AddressInfo {
  const address = server.address();
  if (typeof address === "object" && address !== null) return address;
  throw new Error("The server listens on no port");
}

/**
 * Listens on this machine's own address, on the first of these ports that is free. A port that was free a moment ago may be taken.
 * @param ports 0 stands for any port
 * @returns the port
 * @throws Error if it can listen on none of them
 */
export async function listenOnFirst(server: Server, [port = 0, ...others]: readonly number[]): Promise<number> {
  try {
    server.listen(port, HOST);
    await once(server, "listening");
    return addressOf(server).port;
  } catch (error) {
    if (others.length === 0 || !(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
    return listenOnFirst(server, others);
  }
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    // Without an address, the attempt also fails if somebody listens on every interface, or on IPv6 alone.
    server.listen(port, () => {
      const { port } = addressOf(server);
      server.close(() => resolve(port));
    });
  });
}

function fail(): never {
  throw new Error(`No port is free on ${HOST}`);
}
