import { POP_CODES } from "../../domain/pops/pop-codes.ts";
import { ACTIVE, LISTED, NEW_REQUEST_DEFAULTS, type RequestItem } from "../../domain/request/request-item.ts";
import { HOST } from "./world.ts";

export const REQ_ID = "684153cc-2f5b-4c7e-9d0a-6f1f3c1b2a90";
export const LABEL = "d111111abcdef8";

/** A request in the middle of its work. */
export function requestItem(change: Partial<RequestItem> = {}): RequestItem {
  return {
    req_id: REQ_ID,
    status: "INSERT_TASK",
    active: ACTIVE,
    created_at: "2024-04-16 03:10:21.405000",
    last_update_time: "2024-04-16 03:11:53.531000",
    timeout_at: "2999-01-01 00:00:00.000000",
    expire_at: 1_800_000_000,
    url_count: 50_000,
    cf_domain: HOST,
    pops: ["SIN2-P1", "FRA56-P4"],
    header: ["Accept-Encoding: gzip, deflate, br"],
    instance_count: 4,
    need_invalidate: false,
    header_count: 1,
    variant_names: [],
    instances_asked: 4,
    verify: "edge",
    downloads: "auto",
    scope: "pop",
    listed: LISTED,
    ...NEW_REQUEST_DEFAULTS,
    total_count: 1_000_000,
    total_size: 10_000_000_000,
    distributions: [{ label: LABEL, domain: HOST, id: "E1", names: [HOST] }],
    shards: 200,
    targets_total: 20,
    ...change,
  };
}

/** @param folder where the server's answers are others. @default assets */
export function urlOf(i: number, folder = "assets"): string {
  return `https://${HOST}/${folder}/images/products/${String(i).padStart(6, "0")}.webp`;
}

/** POPs of the catalogue, and beyond those such as CloudFront may have next year. */
export function popsOf(count: number): string[] {
  return Array.from({ length: count }, (_, i) => POP_CODES[i]?.pop ?? `ZZZ${i}-P1`);
}
