import { toArray } from "../../domain/collections.ts";
import type { Ports } from "../../domain/net/addresses.ts";
import type { Resolver } from "../../domain/net/resolver.ts";
import { LISTS, type ListStore } from "../../domain/plan/lists.ts";
import type { Caps } from "../../domain/request/caps.ts";
import type { AccountDistribution } from "../../domain/request/distributions.ts";
import { invalidatingFields } from "../../domain/request/invalidation.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { notYetRead, type SourceRead } from "../../domain/request/source.ts";
import { untilAborted } from "../../domain/retry.ts";
import { FoundUrls, namedHosts, servedHosts, skippedUrls } from "../../domain/sources/found-urls.ts";
import { DOCUMENT_LIMITS } from "../../domain/sources/limits.ts";
import { noBuckets } from "../../probe/sources/read-document.ts";
import { Walk, writeFound } from "../../probe/sources/walk.ts";
import { Web } from "../../probe/sources/web.ts";
import { type CloudFront, listForIfAny } from "./account.ts";

export interface SourceDeps {
  readonly store: ListStore;
  readonly account: Pick<CloudFront, "listFor">;
  readonly dns: Resolver;
  readonly ports: Ports;
  readonly caps: Caps;
  /** Keeps how far it is, for whoever asks. */
  readonly save: (fields: Partial<RequestItem>) => Promise<void>;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * Reads the sources of a run, and writes its list of URLs.
 * @returns fields of its item; or why it ends as FAILED
 * @throws what the signal was aborted with
 */
export async function readSources(
  deps: SourceDeps,
  item: RequestItem,
): Promise<{ readonly fields: Partial<RequestItem> } | { readonly problem: string }> {
  const { store, account, signal } = deps;
  // Settings that could be read are those of the account.
  const skips = item.skip_uncached === true && item.distribution_settings !== undefined;
  const callerUrls = await toArray(store.read(LISTS.urls, item.req_id));
  const names = namedHosts(item, callerUrls);
  const known =
    skips || invalidatingFields(item) !== "" ? await untilAborted(signal, account.listFor(names)) : undefined;
  let read = await walk(deps, item, { callerUrls, listed: known ?? [], stops: known === undefined });
  // The distribution may have further aliases, which only its account knows.
  if (read.end === "other_host") {
    const listed = await untilAborted(signal, listForIfAny(account, names));
    read = await walk(deps, item, { callerUrls, listed, stops: false });
  }
  return writeFound(store, item.req_id, read.found, read.end === "other_host" ? "all" : read.end);
}

interface WalkOptions {
  readonly callerUrls: readonly string[];
  /** The distributions of the account. */
  readonly listed: readonly AccountDistribution[];
  /** Whether it ends at the first document that names a host that is not known as the request's, for a URL or a document. */
  readonly stops: boolean;
}

async function walk(deps: SourceDeps, item: RequestItem, { callerUrls, listed, stops }: WalkOptions) {
  const { dns, ports, caps, signal } = deps;
  const { sources = [], header } = item;
  const found = new FoundUrls({
    request: item,
    caps,
    callerUrls,
    serves: servedHosts(item, callerUrls, listed),
    skips: skippedUrls(item, listed),
    sources: sources.map(notYetRead),
  });
  const web = new Web({ dns, ports, header });
  const buckets = noBuckets("is in a bucket, which a direct run cannot read");
  const save = () => deps.save({ sources_read: found.sources, url_count: found.urls.size });
  const end = await new Walk({ web, buckets, limits: DOCUMENT_LIMITS, signal }, sources, found).read(async () => {
    await save();
    const isUnknown = ({ left_out: it }: SourceRead) => (it.other_host ?? it.document_host) !== undefined;
    return stops && found.sources.some(isUnknown) ? "other_host" : undefined;
  });
  await save();
  return { found, end };
}
