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
