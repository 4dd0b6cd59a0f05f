import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { createSecureContext } from "node:tls";
import { ConnectionPool } from "../../../../agent/fetch/http/connection.ts";
import { type HttpResult, headerLines } from "../../../../agent/fetch/http/http-client.ts";

export const HOST = "www.example.com";
export const HEADERS = headerLines([["host", HOST]]);
export const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** Listens on loopback until the test ends. @returns the port */
export async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A pool of connections to a port of this machine, which ends with the test. */
export function poolOf(port: number, secure?: { ca: string; servername?: string }, firstByteMs?: number) {
  const pool = new ConnectionPool(
    { secure: secure !== undefined, address: "127.0.0.1", port, servername: secure?.servername ?? HOST },
    createSecureContext(secure === undefined ? {} : { ca: secure.ca }),
    firstByteMs,
  );
  // As the agent does it, only more often.
  const timer = setInterval(() => pool.checkTime(performance.now()), 20);
  onTestFinished(() => {
    clearInterval(timer);
    pool.destroy();
  });
  return {
    pool,
    get: (path = "/", onBytes: (bytes: number) => void = () => {}) => untimed(pool.get(path, HEADERS, onBytes)),
  };
}

/**
 * A server of raw bytes: tells of each request which one it is on its connection and in all, and does what it is told
 * with the connection.
 */
export async function raw(
  answer: (socket: Socket, which: { onThis: number; inAll: number; connection: number }) => void,
) {
  let inAll = 0;
  let connections = 0;
  const server = createServer((socket) => {
    const connection = connections++;
    let onThis = 0;
    socket.on("data", (data) => {
      for (const _ of data.toString().matchAll(/\r\n\r\n/g))
        answer(socket, { onThis: onThis++, inAll: inAll++, connection });
    });
  });
  const port = await listen(server);
  return { ...poolOf(port), port, connections: () => connections, requests: () => inAll };
}

/** A way to a port of this machine that gathers what comes from there, so that it arrives all at once. @returns its own port */
export function gathering(port: number): Promise<number> {
  const proxy = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    far.on("error", () => near.destroy());
    near.pipe(far);
    let gathered: Buffer[] = [];
    far.on("data", (data) => {
      if (gathered.push(data) > 1) return;
      setTimeout(() => {
        near.write(Buffer.concat(gathered));
        gathered = [];
      }, 10);
    });
    near.once("close", () => far.destroy());
  });
  return listen(proxy);
}

/** An answer without its time, which no two have in common. */
async function untimed(coming: Promise<HttpResult>): Promise<HttpResult> {
  const { firstByteMs: _, ...answer } = await coming;
  return answer;
}
