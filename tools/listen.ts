import { once } from "node:events";
import type { Server } from "node:http";

/** Has a server listen on a free port of loopback. @returns its URL */
export async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The server listens on no port");
  return `http://127.0.0.1:${address.port}`;
}

/** Ends a server with all its connections. */
export async function end(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
