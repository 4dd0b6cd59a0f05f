import type { Socket } from "node:net";

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
