import { onRequests, rawServer } from "../raw-answer-server.ts";

/**
 * Behind each 404 a 200 that nobody asked for, `UNASKED_AFTER_MS` later. It is a process of its own: its turns are not the
 * client's, as on a network. Tells its parent the port, and runs until it is killed.
 */
const afterMs = Number(process.env["UNASKED_AFTER_MS"]);
const NOT_FOUND = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** Timers know whole milliseconds alone. */
function later(write: () => void): void {
  if (afterMs >= 1) setTimeout(write, afterMs);
  else {
    const due = performance.now() + afterMs;
    const look = () => void (performance.now() >= due ? write() : setImmediate(look));
    setImmediate(look);
  }
}

const { port } = await rawServer((socket) =>
  onRequests(socket, () => {
    socket.write(NOT_FOUND);
    later(() => socket.destroyed || socket.write(OK));
  }),
);
process.send?.({ port });
process.once("disconnect", () => process.exit());
