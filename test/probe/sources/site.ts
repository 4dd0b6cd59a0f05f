import type { IncomingMessage, ServerResponse } from "node:http";
import type { Resolver } from "../../../domain/net/resolver.ts";
import type { LeftOutCounts, Source } from "../../../domain/request/source.ts";
import type { Buckets } from "../../../domain/sources/buckets.ts";
import { DOCUMENT_LIMITS } from "../../../domain/sources/limits.ts";
import { Walk, type WalkDeps, type WalkState } from "../../../probe/sources/walk.ts";
import { Web } from "../../../probe/sources/web.ts";
import { fakeResolver } from "../../lambdas/fakes/dns.ts";
import { serve } from "../size/server.ts";

export type Answer = string | Buffer | ((response: ServerResponse, request: IncomingMessage) => unknown);

/** A server on loopback that has these paths; all else is a 404. */
export async function site(paths: Readonly<Record<string, Answer>>, tls?: readonly string[]) {
  return serve((request, response) => {
    const answer = paths[request.url ?? ""];
    if (answer === undefined) response.writeHead(404).end("nothing here");
    else if (typeof answer === "function") answer(response, request);
    else response.writeHead(200).end(answer);
  }, tls);
}

export const noBuckets: Buckets = {
  read: () => Promise.reject(new Error("not asked for")),
  list: () => Promise.reject(new Error("not asked for")),
};

interface Site {
  readonly header: readonly string[];
  readonly httpsPort: number;
  readonly addressesOf: Resolver["addresses"];
}

/** Deps of a walk for which every name leads to the server at these ports. */
export function depsAt(
  httpPort: number,
  { header = [], httpsPort = httpPort, addressesOf = async () => ["127.0.0.1"] }: Partial<Site> = {},
  deps: Partial<WalkDeps> = {},
): WalkDeps {
  return {
    web: new Web({ dns: fakeResolver({ addresses: addressesOf }), header, ports: { httpsPort, httpPort } }),
    buckets: noBuckets,
    limits: DOCUMENT_LIMITS,
    ...deps,
  };
}

/** Buckets that have these objects: `bucket/key` and what is in it. */
export function bucketsWith(objects: Readonly<Record<string, string>>): Buckets {
  return {
    read: async ({ bucket, key }) => {
      const found = objects[`${bucket}/${key}`];
      if (found === undefined) throw Object.assign(new Error("secret"), { name: "NoSuchKey" });
      return (async function* () {
        yield Buffer.from(found);
      })();
    },
    list: async ({ bucket, key: prefix }, token) => {
      const keys = Object.keys(objects)
        .filter((it) => it.startsWith(`${bucket}/${prefix}`))
        .map((it) => it.slice(bucket.length + 1));
      const from = Number(token ?? 0);
      const page = keys.slice(from, from + 1_000);
      return from + 1_000 < keys.length ? { keys: page, next: String(from + 1_000) } : { keys: page };
    },
  };
}

/** Runs a walk to its end. */
export async function walkAll(deps: WalkDeps, sources: readonly Source[], most = 60_000, state?: WalkState) {
  const walk = new Walk(deps, sources, state);
  const urls: string[] = [];
  const leftOut: LeftOutCounts = {};
  let steps = 0;
  for (;;) {
    const read = await walk.next(most - urls.length);
    if (read === undefined) return { urls, leftOut, steps, state: walk.state() };
    steps++;
    urls.push(...read.urls);
    for (const [because, n] of Object.entries(read.leftOut)) {
      const key = because as keyof LeftOutCounts;
      leftOut[key] = (leftOut[key] ?? 0) + n;
    }
  }
}

/** What one document of a type names, at http://site.test/<path>. */
export async function readOne(type: Source["type"], document: string | Buffer, more: Partial<Source> = {}) {
  const { port } = await site({ "/doc": document });
  const { urls, leftOut } = await walkAll(depsAt(port), [{ type, url: "http://site.test/doc", ...more }]);
  return { urls, leftOut };
}
