import type { Socket } from "node:net";
import { RATE_WINDOW_MS, STALLED_BODY_TIMEOUT_MS } from "../../agent/fetch/http/timeouts.ts";
import type { LabPart, LabRow } from "../lab/part.ts";
import { HEADERS, poolTo, within } from "./differential.ts";
import { onRequests, rawServer } from "./raw-answer-server.ts";

const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n";
const EVERY_MS = 50;
const MAX_BYTES = 10_000_000;
/** Connections of each kind. */
const COUNT = 20;

/** An answer that never ends: what it begins with, what comes again and again, and how it has to end. */
interface Drip {
  readonly what: string;
  readonly begin: string;
  readonly drop: string;
  readonly code: string;
}

const DRIPS: readonly Drip[] = [
  {
    what: "a body, byte by byte",
    begin: "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
    drop: "x",
    code: "TOO_SLOW",
  },
  { what: "a stream, byte by byte", begin: "HTTP/1.1 200 OK\r\n\r\n", drop: "x", code: "TOO_SLOW" },
  { what: "chunks of a byte", begin: CHUNKED, drop: "1\r\nx\r\n", code: "TOO_SLOW" },
  { what: "trailers", begin: `${CHUNKED}0\r\n`, drop: "X: 1\r\n", code: "BODY_TIMEOUT" },
  { what: "an extension of a chunk", begin: `${CHUNKED}1;`, drop: "x", code: "BODY_TIMEOUT" },
  { what: "a fast stream without end", begin: "HTTP/1.1 200 OK\r\n\r\n", drop: "x".repeat(500_000), code: "TOO_LARGE" },
];

/** A server whose answers never end must not hold an agent. */
export const slowDrip: LabPart = {
  name: "slow-drip",
  run: (_, { scale }) => Promise.all(DRIPS.map((drip) => holds(drip, Math.ceil(COUNT * scale)))),
};

async function holds({ what, begin, drop, code }: Drip, count: number): Promise<LabRow> {
  const server = await rawServer((socket) => onRequests(socket, () => dripping(socket, begin, drop)));
  using pool = poolTo(server.port);
  const longest = Math.max(RATE_WINDOW_MS, STALLED_BODY_TIMEOUT_MS) + 2_000;
  const begun = performance.now();
  const coming = Array.from({ length: count }, () =>
    within(
      longest,
      pool.get("/", HEADERS, () => {}, { maxBytes: MAX_BYTES }),
    ),
  );
  const ended = (await Promise.all(coming)).filter((answer) => answer?.failure?.code === code).length;
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
  server.close();
  return { what, tried: count, wrong: count - ended, saw: `${ended} ended with ${code}, the last after ${seconds} s` };
}

function dripping(socket: Socket, begin: string, drop: string): void {
  socket.write(begin);
  // Who reads more slowly than that is not given more than it takes.
  const timer = setInterval(() => socket.writableNeedDrain || socket.write(drop), EVERY_MS);
  socket.once("close", () => clearInterval(timer));
}
