import type { IncomingMessage, ServerResponse } from "node:http";
import { MemoryPermitStore } from "../../../domain/origin/permit-store.ts";
import { type AccountDistribution, allowedDistributionsSchema } from "../../../domain/request/distributions.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import type { GetSizeDeps } from "../../../lambdas/get-size/deps.ts";
import { createHandler } from "../../../lambdas/get-size/handler.ts";
import type { ProbePorts } from "../../../probe/connection.ts";
import { serve } from "../../probe/size/server.ts";
import { fakeDns } from "../fakes/dns.ts";
import { FakeDistributions } from "../fakes/services.ts";
import { fakeStores } from "../fakes/stores.ts";
import { keysEvent, request } from "../items.ts";
import { type Fault, noteCalls } from "../noted-calls.ts";

export const url = (path: string) => `http://cdn.example.com${path}`;

/** Get Size of a request r1, and a distribution of cdn.example.com that answers as {@link answer} says. */
export async function world({
  /** Of the URLs in the request's list. */
  paths = ["/10"],
  item = {} as Partial<RequestItem>,
  others = [] as readonly RequestItem[],
  dns = fakeDns({ "d1.cloudfront.net": ["127.0.0.1"] }),
  own = [{ id: "E1", domain: "d1.cloudfront.net", aliases: ["cdn.example.com"] }] as readonly AccountDistribution[],
  /** The stack's list of distributions. */
  allowedIds = "*",
  /** @default those of the distribution that answers */
  ports = undefined as GetSizeDeps["ports"] | undefined,
  remainingMs = 900_000,
  fault = undefined as Fault | undefined,
} = {}) {
  const { port, seen, connections } = await serve(answer);
  const ownPorts: ProbePorts = { httpsPort: port, httpPort: port, ca: undefined };
  const stores = fakeStores(request(item), ...others);
  const { objects } = stores.lists;
  objects["r1.csv"] = paths.map((path) => [url(path)]);
  // Other processes share it.
  const store = Object.assign(new MemoryPermitStore(), { localTats: undefined });
  const noted = noteCalls<GetSizeDeps>(
    {
      ...stores,
      distributions: new FakeDistributions(own),
      dns,
      ports: ports ?? ownPorts,
      errorCachingMs: 50,
      permits: () => store,
      now: Date.now,
      allowed: allowedDistributionsSchema.parse(allowedIds),
    },
    fault,
  );
  return {
    ...stores,
    ...noted,
    seen,
    connections,
    handle: (reqId = "r1") =>
      createHandler(noted.deps)(keysEvent({ req_id: reqId }), { getRemainingTimeInMillis: () => remainingMs }),
    good: () => objects["r1/success_urls.csv"],
    bad: () => objects["r1/failed_urls.csv"],
  };
}

/** The same after a run. */
export async function measured(given?: Parameters<typeof world>[0]) {
  const w = await world(given);
  await w.handle();
  return w;
}

/** A path that begins with a number has a body of so many bytes; any other that is not named here does not exist. */
function answer({ method, url: path = "", headers }: IncomingMessage, response: ServerResponse) {
  const accepts = String(headers["accept-encoding"] ?? "");
  if (path.startsWith("/slow")) return response;
  if (path.includes("br-only") && !accepts.includes("br")) return response.writeHead(406).end();
  if (path.startsWith("/by-form")) return response.writeHead(200, { "content-length": accepts.length }).end();
  if (path.startsWith("/private"))
    return response.writeHead(200, { "content-length": 1, "cache-control": "private, max-age=60" }).end("x");
  if (path === "/unsized") return response.writeHead(200, { "transfer-encoding": "chunked" }).end("x");
  const size = /^\/(\d+)/.exec(path)?.[1];
  if (size === undefined) return response.writeHead(404).end();
  return response.writeHead(200, { "content-length": size }).end(method === "HEAD" ? "" : "x".repeat(Number(size)));
}
