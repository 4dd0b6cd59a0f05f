import { createServer } from "node:net";

const HOST = "127.0.0.1";

/** The preferred port if nothing listens on it, else one that is free. */
export async function freePort(preferred = 0): Promise<number> {
  return (await tryPort(preferred)) ?? (await tryPort(0)) ?? fail();
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    // Without an address, the attempt also fails if somebody listens on every interface, or on IPv6 alone.
    server.listen(port, () => {
      const address = server.address();
      const found = typeof address === "object" && address !== null ? address.port : undefined;
      server.close(() => resolve(found));
    });
  });
}

function fail(): never {
  throw new Error(`No port is free on ${HOST}`);
}
