import pMap from "p-map";
import { type Distribution, distributionOf, hostToAsk } from "../../contracts/distribution.ts";
import { listKeys } from "../../contracts/list-keys.ts";
import type { RequestItem } from "../../contracts/request-item.ts";
import type { GetSizeDeps } from "./deps.ts";
import { entryPoints } from "./entry-points.ts";
import { SizeProbe } from "./size-probe.ts";

const IN_PARALLEL = 64;

/** What a request's URLs came to, once each. */
export interface Measured {
  readonly good: number;
  readonly bad: number;
  /** Why the first bad one is. */
  readonly firstProblem: string | undefined;
}

/** Asks every URL's size and writes the two lists: what can be warmed, and what cannot. */
export async function measureUrls(
  deps: GetSizeDeps,
  item: RequestItem,
  distributions: readonly Distribution[],
): Promise<Measured> {
  const serving = (host: string) => distributionOf(distributions, host) ?? { label: "", names: [] };
  const probe = new SizeProbe({
    hostToAsk: (url) => hostToAsk(serving(url.hostname), url),
    header: item.header,
    ...deps.ports,
    addressesOf: onceEach((host) => firstResolving(deps, entryPoints(serving(host), host, item.pops))),
  });
  const good: [string, number | null][] = [];
  const bad: [string, string][] = [];
  try {
    const rows = deps.lists.read(listKeys.urls(item.req_id));
    await pMap(
      rows,
      async ([url = ""]) => {
        const size = await probe.size(url);
        if ("size" in size) good.push([url, size.size]);
        else bad.push([url, size.problem]);
      },
      { concurrency: IN_PARALLEL },
    );
  } finally {
    await probe.close();
  }
  await deps.lists.write(listKeys.successUrls(item.req_id), good);
  await deps.lists.write(listKeys.failedUrls(item.req_id), bad);
  return { good: good.length, bad: bad.length, firstProblem: bad[0]?.[1] };
}

async function firstResolving(deps: GetSizeDeps, names: readonly string[]): Promise<readonly string[]> {
  let first: unknown;
  for (const name of names) {
    try {
      return await deps.dns.addresses(name);
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

function onceEach<T>(compute: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
}
