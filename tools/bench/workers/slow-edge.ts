import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { Socket } from "node:net";
import { listenEverywhere } from "../../edge/pop-server.ts";

/**
 * An edge that is far away: every answer is delayed, and every connection has a limited rate. Only many downloads at
 * once fill a link to it. 10 KB under every path, `BENCH_LARGE_BYTES` under /large.
 */
const env = (name: string) => process.env[name] ?? "";
const DELAY_MS = Number(env("BENCH_DELAY_MS"));
const SLICE_MS = 20;
const slice = Buffer.alloc((Number(env("BENCH_CONNECTION_BYTES_PER_SECOND")) * SLICE_MS) / 1_000, 120);
const large = Number(env("BENCH_LARGE_BYTES"));
const small = Buffer.alloc(10_000, 120);
let served = 0;

const server = createServer(
  { key: readFileSync(env("BENCH_KEY")), cert: readFileSync(env("BENCH_CERT")), keepAliveTimeout: 60_000 },
  (request, response) => {
    setTimeout(() => {
      if (request.url !== "/large") {
        served += small.length;
        response.writeHead(200, { "content-length": small.length }).end(small);
        return;
      }
      response.writeHead(200, { "content-length": large });
      let left = large;
      const timer = setInterval(() => {
        const bytes = Math.min(left, slice.length);
        left -= bytes;
        served += bytes;
        response.write(slice.subarray(0, bytes));
        if (left > 0) return;
        clearInterval(timer);
        response.end();
      }, SLICE_MS);
    }, DELAY_MS);
  },
);
const { port } = await listenEverywhere({
  addresses: env("BENCH_ADDRESSES").split(","),
  onConnection: (socket: Socket) => server.emit("connection", socket),
});
// Reports what was served in each second, so that a client's growth can be seen.
setInterval(() => {
  process.send?.({ event: "second", bytes: served });
  served = 0;
}, 1_000);
process.send?.({ event: "listening", port });
process.once("disconnect", () => process.exit(0));
