import { createConnection, type Socket } from "node:net";
import { listenEverywhere } from "../../edge/pop-server.ts";

/**
 * One instance's link: a TCP forwarder in a process of its own. It listens on the edge's addresses at a port of its own, and
 * passes on what comes back at a rate that all its connections share. It tells its parent how much has passed.
 */
const env = (name: string) => process.env[name] ?? "";
const TICK_MS = 10;
const PIECE_BYTES = 16_384;
const edgePort = Number(env("LINK_EDGE_PORT"));
const localAddress = env("LINK_LOCAL_ADDRESS");
const bytesPerSecond = Number(env("LINK_BYTES_PER_SECOND"));
/** What is not used is kept for a moment only, so that no burst follows. */
const BURST_SECONDS = 0.05;
/** Bytes that may pass now: a token bucket. */
let tokens = 0;

interface Flow {
  readonly from: Socket;
  readonly to: Socket;
}

/** Connections to the edge that have bytes to pass on, the one whose turn is next first. */
const flows = new Set<Flow>();
let bytes = 0;
let firstAt: number | undefined;
let lastAt: number | undefined;

const { port } = await listenEverywhere({ addresses: env("LINK_ADDRESSES").split(","), onConnection });

function onConnection(client: Socket): void {
  const edge = createConnection({ host: client.localAddress ?? "", port: edgePort, localAddress, noDelay: true });
  const flow = { from: edge, to: client };
  const end = () => {
    flows.delete(flow);
    client.destroy();
    edge.destroy();
  };
  client.pipe(edge);
  client.on("error", end).on("close", end);
  edge.on("error", end);
  edge.on("readable", () => {
    flows.add(flow);
    pass();
  });
  // What has arrived passes before the connection ends.
  edge.on("end", () => client.end());
}

let filledAt = performance.now();
setInterval(() => {
  const now = performance.now();
  tokens = Math.min(bytesPerSecond * BURST_SECONDS, tokens + (bytesPerSecond * (now - filledAt)) / 1_000);
  filledAt = now;
  pass();
}, TICK_MS);

/** Lets each connection pass one piece in turn, until the rate is used up or nothing waits. Whose turn it is then keeps it. */
function pass(): void {
  for (const flow of flows) {
    const { from, to } = flow;
    const wanted = to.destroyed || to.writableNeedDrain ? 0 : Math.min(PIECE_BYTES, from.readableLength);
    const granted = Math.floor(Math.min(wanted, tokens));
    tokens -= granted;
    if (wanted > 0 && granted === 0) return;
    flows.delete(flow);
    if (to.destroyed) continue;
    if (to.writableNeedDrain) {
      to.once("drain", () => flows.add(flow));
      continue;
    }
    const piece: Buffer | null = from.read(granted === 0 ? undefined : granted);
    if (piece === null) continue;
    to.write(piece);
    bytes += piece.length;
    lastAt = Date.now();
    firstAt ??= lastAt;
    flows.add(flow);
  }
}

const tell = () => process.send?.({ port, bytes, firstAt, lastAt });
setInterval(tell, 200);
tell();
process.once("disconnect", () => process.exit(0));
