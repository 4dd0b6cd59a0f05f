// A request by the direct engine against an edge of this process, and all that it leaves behind.
import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DirectRun } from "../../cli/direct/engine.ts";
import { RunStore } from "../../cli/direct/store/run-store.ts";
import type { StoredSettings } from "../../domain/distribution/stored-settings.ts";
import { ERROR_CACHING_SECONDS } from "../../domain/limits.ts";
import { DnsLookupError, type Resolver } from "../../domain/net/resolver.ts";
import { LISTS } from "../../domain/plan/lists.ts";
import { DEFAULT_CAPS } from "../../domain/request/caps.ts";
import type { AccountDistribution } from "../../domain/request/distributions.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { applySettings } from "../../domain/validation/apply-settings.ts";
import { checkPrewarmRequest } from "../../domain/validation/prewarm-request.ts";
import type { Edge } from "../../tools/edge/edge.ts";
import { plainSettings } from "../lambdas/fakes/services.ts";

/** What a request has left behind. */
export interface WholeRun {
  readonly item: RequestItem;
  /** Lists and files by their keys, and the journal of results. */
  readonly objects: ReadonlyMap<string, Buffer>;
}

export interface DirectWorld {
  readonly edge: Edge;
  /** POPs that do not resolve. */
  readonly dead: readonly string[];
  /** The account's distributions. */
  readonly own: readonly AccountDistribution[];
  /** Of the first of them. @default nobody can read them */
  readonly settings?: readonly StoredSettings[];
}

/** A body as the engine begins with it. @throws ApiError */
export function requestOf(body: unknown, { own, settings = [] }: Pick<DirectWorld, "own" | "settings">) {
  const checked = checkPrewarmRequest(body, { reqId: randomUUID(), now: Date.now(), caps: DEFAULT_CAPS });
  return applySettings(checked, { settings, areAllKnown: true, idOf: () => own[0]?.id });
}

/** Warms the URLs of a request as the stack does. @param body of POST /prewarm @throws ApiError */
export async function runDirect(world: DirectWorld, body: unknown): Promise<WholeRun> {
  const root = mkdtempSync(join(tmpdir(), "prewarm-direct-"));
  try {
    const { item, urls } = requestOf(body, world);
    const store = new RunStore(root);
    await store.create(item, body);
    await store.write(LISTS.urls, item.req_id, urls);
    const run = directRun(world, store, item);
    await run.run();
    return { item: run.item, objects: filesOf(root, item.req_id) };
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** An engine that has not begun to work on a run of the store. */
export function directRun(world: DirectWorld, store: RunStore, item: RequestItem): DirectRun {
  const { edge, dead, own } = world;
  return new DirectRun(
    {
      store,
      dns: resolverOf(edge, own, { dead: new Set(dead), firstPop: item.pops[0] }),
      ports: { httpsPort: edge.httpsPort, httpPort: edge.httpPort },
      caps: DEFAULT_CAPS,
      allowPrivateAddresses: true,
      errorCachingMs: ERROR_CACHING_SECONDS * 1_000,
      account: {
        listFor: async () => [...own],
        hasCredentials: async () => true,
        settings: async () => plainSettings(),
        invalidate: async (_, reference) => ({ id: reference }),
        isInvalidated: async () => true,
      },
      env: {},
      log: { info: () => undefined, warn: () => undefined },
    },
    item,
  );
}

/** All files of a run. */
export function filesOf(root: string, reqId: string): ReadonlyMap<string, Buffer> {
  return new Map(
    readdirSync(join(root, reqId)).map((name) => [`${reqId}/${name}`, readFileSync(join(root, reqId, name))]),
  );
}

/** Names of POPs at the edge, and of the distributions themselves. @param pops `dead`: those that do not resolve */
function resolverOf(
  edge: Edge,
  own: readonly AccountDistribution[],
  { dead, firstPop }: { readonly dead: ReadonlySet<string>; readonly firstPop: string | undefined },
): Resolver {
  const isOwn = (name: string) => own.some(({ domain, aliases }) => [domain, ...aliases].includes(name));
  return {
    addresses: async (name) => {
      const pop = /^[^.]+\.([^.]+)\.cloudfront\.net$/.exec(name)?.[1] ?? (isOwn(name) ? firstPop : undefined);
      const addresses = pop === undefined || dead.has(pop) ? [] : edge.addressesOf(pop);
      if (addresses.length === 0) throw new DnsLookupError(name, "ENOTFOUND", []);
      return [...addresses];
    },
    alias: async () => undefined,
  };
}
