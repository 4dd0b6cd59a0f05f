import type { RequestItem } from "../../domain/request/request-item.ts";
import { DEFAULT_VERIFY } from "../../domain/result/outcome.ts";

type Asked = Pick<RequestItem, "url_count" | "url_prefix" | "pops" | "verify" | "order" | "origin" | "variants">;

/** What a request was asked for, as GET /prewarm tells it. Headers are left out: there may be secrets in them. */
export function askedFor({ url_count, url_prefix, pops, verify, order, origin, variants = [] }: Asked) {
  return {
    ...{ url_count, url_prefix: url_prefix ?? "", pop_count: pops.length },
    ...{ verify: verify ?? DEFAULT_VERIFY, order: order ?? "all-at-once" },
    ...(origin === undefined ? {} : { origin }),
    ...(variants.length === 0 ? {} : { variant_names: variants.map(({ name }) => name) }),
  };
}
