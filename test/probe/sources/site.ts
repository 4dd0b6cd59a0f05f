import type { IncomingMessage, ServerResponse } from "node:http";
import { MAX_URLS } from "../../../domain/limits.ts";
import type { Resolver } from "../../../domain/net/resolver.ts";
import { LEFT_OUT, type LeftOutCounts, notYetRead, type Source } from "../../../domain/request/source.ts";
import type { Buckets } from "../../../domain/sources/buckets.ts";
import { FoundUrls } from "../../../domain/sources/found-urls.ts";
import { DOCUMENT_LIMITS } from "../../../domain/sources/limits.ts";
import type { DocumentDeps } from "../../../probe/sources/read-document.ts";
import { Walk, type WalkState } from "../../../probe/sources/walk.ts";
import { Web } from "../../../probe/sources/web.ts";
import { fakeResolver } from "../../lambdas/fakes/dns.ts";
import { request } from "../../lambdas/items.ts";
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
  /** Authority of its certificate. */
  readonly ca: string | undefined;
  readonly addressesOf: Resolver["addresses"];
}

/** Deps of a walk for which every name leads to the server at these ports. */
export function depsAt(
  httpPort: number,
  { header = [], httpsPort = httpPort, ca, addressesOf = async () => ["127.0.0.1"] }: Partial<Site> = {},
  deps: Partial<DocumentDeps> = {},
): DocumentDeps {
  return {
    web: new Web({ dns: fakeResolver({ addresses: addressesOf }), header, ports: { httpsPort, httpPort, ca } }),
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

/** A request before its sources are read. */
interface Before {
  /** URLs that it has already. */
  readonly own: readonly string[];
  readonly serves: (host: string) => boolean;
  /** How many more URLs it may have. */
  readonly remaining: number;
  /** Of the run before. */
  readonly state: WalkState | undefined;
  /** Of the request. */
  readonly header: string[];
}

export function foundFor(
  sources: readonly Source[],
  { own = [], serves = () => true, remaining = MAX_URLS - own.length, header = [] }: Partial<Before> = {},
) {
  const more = Array.from({ length: MAX_URLS - own.length - remaining }, (_, i) => `https://own.test/${i}`);
  return new FoundUrls({
    request: request({ pops: ["SIN2-P1"], header }),
    caps: {},
    callerUrls: [...own, ...more],
    serves,
    sources: sources.map(notYetRead),
  });
}

/** Why a request with sources ends. */
export class SourceProblem extends Error {}

/** Runs a walk to its end. @throws SourceProblem */
export async function walkAll(deps: DocumentDeps, sources: readonly Source[], before: Partial<Before> = {}) {
  const found = foundFor(sources, before);
  const own = found.urls.size;
  const walk = new Walk(deps, sources, found, before.state);
  let steps = 0;
  const end = await walk.read(() => {
    steps++;
    return undefined;
  });
  if (typeof end === "object") throw new SourceProblem(end.problem);
  const leftOut: LeftOutCounts = {};
  for (const reason of LEFT_OUT) {
    const count = found.sources.reduce((sum, it) => sum + (it.left_out[reason] ?? 0), 0);
    if (count > 0) leftOut[reason] = count;
  }
  return { urls: [...found.urls.keys()].slice(own), leftOut, steps, state: walk.state() };
}

/** What sources at http://site.test name, which has these paths; and the requests that it received. */
export async function walkSite(
  paths: Readonly<Record<string, Answer>>,
  sources: readonly Source[],
  before: Partial<Before> = {},
) {
  const { port, seen } = await site(paths);
  return { ...(await walkAll(depsAt(port), sources, before)), seen };
}

/** What one document of a type names, at http://site.test/<path>. */
export async function readOne(type: Source["type"], document: string | Buffer, more: Partial<Source> = {}) {
  const { urls, leftOut } = await walkSite({ "/doc": document }, [{ type, url: "http://site.test/doc", ...more }]);
  return { urls, leftOut };
}
