import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

export interface RawServer {
  readonly port: number;
  close(): void;
}

/** A server of raw bytes on loopback. @param serve gets each new connection. @param tls certificate and key, PEM */
export async function rawServer(
  serve: (socket: Socket) => void,
  tls?: { readonly certPem: string; readonly keyPem: string },
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const take = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    serve(socket);
  };
  const server: Server =
    tls === undefined
      ? createServer({ noDelay: true }, take)
      : createTlsServer({ cert: tls.certPem, key: tls.keyPem, noDelay: true }, take);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    port: address.port,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Calls back with the path of each request of a connection. */
export function onRequests(socket: Socket, answer: (path: string) => void): void {
  let head = "";
  socket.on("data", (data) => {
    head += data.toString("latin1");
    for (let end = head.indexOf("\r\n\r\n"); end !== -1; end = head.indexOf("\r\n\r\n")) {
      const path = /^GET (\S+) /.exec(head)?.[1] ?? "";
      head = head.slice(end + 4);
      answer(path);
    }
  });
}
