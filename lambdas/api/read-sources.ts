import type { Resolver } from "../../domain/net/resolver.ts";
import { hostOf } from "../../domain/net/urls.ts";
import type { Caps } from "../../domain/request/caps.ts";
import type { OwnDistribution } from "../../domain/request/distributions.ts";
import { notYetRead, type Source, type SourceRead } from "../../domain/request/source.ts";
import { inTime, TooLateError } from "../../domain/retry.ts";
import { cannotGoOn, Gathered, mostUrls, tooMuch } from "../../domain/sources/found-urls.ts";
import { DOCUMENT_LIMITS } from "../../domain/sources/limits.ts";
import { hostsOf, servedHosts } from "../../domain/sources/served-hosts.ts";
import type { PrewarmRequest } from "../../domain/validation/prewarm-request.ts";
import { DocumentError } from "../../probe/sources/document.ts";
import { SourceError, Walk } from "../../probe/sources/walk.ts";
import { Web } from "../../probe/sources/web.ts";

/** What documents are read with. */
export interface ReadSourcesDeps {
  readonly dns: Resolver;
  readonly ports: { readonly httpsPort: number; readonly httpPort: number };
  readonly caps: Pick<Caps, "maxTasks">;
}

/** What sources named, as far as they were read. */
export interface SourcesSeen {
  /** With those of the caller, which come first. */
  readonly urls: readonly string[];
  readonly sources: readonly SourceRead[];
  /** Whether there is nothing left to read. */
  readonly isAll: boolean;
  /** Why the request would end; undefined: nothing was seen that would end it. */
  readonly problem: string | undefined;
}

type Asking = Pick<PrewarmRequest, "urls" | "sources" | "cfDomain" | "header" | "variants" | "pops" | "needInvalidate">;

/** This function may read no bucket: only Expand may, which nobody calls with an address of his choice. */
const NO_BUCKETS = {
  read: async () => {
    throw new DocumentError("lies in a bucket");
  },
  list: async () => {
    throw new DocumentError("lies in a bucket");
  },
};

/**
 * Reads the sources of a request as Expand would, but not those in buckets, and no longer than `ms`.
 * @param own the distributions of this account
 */
export async function readSources(
  deps: ReadSourcesDeps,
  request: Asking,
  own: readonly OwnDistribution[],
  ms: number,
): Promise<SourcesSeen> {
  const { urls, sources, cfDomain } = request;
  const named = new Set([...urls.map(hostOf), ...sources.flatMap(hostsOf)]);
  const web = sources.filter(({ s3 }) => s3 === undefined);
  const gathered = new Gathered(urls, servedHosts({ cfDomain, named, own }), web.map(notYetRead));
  const end = await readFor(ms, deps, request, { web, gathered });
  const isAll = end === "all" && web.length === sources.length;
  const problem = typeof end === "object" ? end.problem : undefined;
  return {
    urls: gathered.urls.map(({ url }) => url),
    sources: [...gathered.sources, ...sources.filter(({ s3 }) => s3 !== undefined).map(notYetRead)],
    isAll,
    problem: problem ?? (isAll ? cannotGoOn({ need_invalidate: request.needInvalidate }, gathered) : undefined),
  };
}

type End = "all" | "time is up" | { readonly problem: string };

interface Reading {
  readonly web: readonly Source[];
  readonly gathered: Gathered;
}

async function readFor(ms: number, deps: ReadSourcesDeps, request: Asking, { web, gathered }: Reading): Promise<End> {
  const until = performance.now() + ms;
  const left = () => Math.max(0, until - performance.now());
  const { dns, ports, caps } = deps;
  const addressesOf = (host: string) => dns.addresses(host);
  const asItem = { variants: [...request.variants], pops: [...request.pops] };
  const walk = new Walk(
    {
      web: new Web({ ...ports, addressesOf, header: request.header }),
      buckets: NO_BUCKETS,
      refuses: (url) => gathered.refusal(url),
      // What is still open when the time is over closes soon after it.
      limits: { ...DOCUMENT_LIMITS, milliseconds: ms },
    },
    web,
  );
  try {
    for (;;) {
      const room = Math.max(0, mostUrls(asItem) - gathered.urls.length);
      const named = await inTime(left(), walk.next(room));
      if (named !== undefined) gathered.add(named);
      gathered.markDone(new Set(walk.state().pending.map(({ source }) => source)));
      if (named === undefined) return "all";
      const problem = tooMuch(asItem, gathered, caps);
      if (problem !== undefined) return { problem };
    }
  } catch (error) {
    if (error instanceof TooLateError || left() === 0) return "time is up";
    if (error instanceof SourceError) return { problem: error.message };
    throw error;
  }
}
