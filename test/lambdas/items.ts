import type { BatchCount } from "../../aws/progress-table.ts";
import { type Target, targetKey } from "../../domain/plan/target.ts";
import { shardKey } from "../../domain/plan/task.ts";
import { EXPANDED } from "../../domain/request/lifecycle.ts";
import type { Heartbeat } from "../../domain/request/progress.ts";
import { ACTIVE, CLOSING, LISTED, NEW_REQUEST_DEFAULTS, type RequestItem } from "../../domain/request/request-item.ts";
import { type Count, NO_COUNT } from "../../domain/result/count.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import { Distinct } from "../distinct.ts";

export const LABEL = "d111111abcdef8";
export const DOMAIN = `${LABEL}.cloudfront.net`;

/** Until when each kind of item is kept: whose time an item has can be told. */
export const EXPIRES = { request: 1_800_000_111, target: 1_800_000_222, result: 1_800_000_333 } as const;

/** A request that was just created; with `active: undefined`, one that has ended. */
export function request(change: Partial<RequestItem> = {}): RequestItem {
  return {
    req_id: "r1",
    status: "CREATED",
    active: ACTIVE,
    listed: LISTED,
    created_at: "2024-04-16 03:10:21.405000",
    last_update_time: "2024-04-16 03:11:53.531000",
    timeout_at: "2999-01-01 00:00:00.000000",
    expire_at: EXPIRES.request,
    url_count: 5,
    pops: ["SIN2-P1", "FRA56-P4"],
    header: [],
    header_count: 0,
    variant_names: [],
    instance_count: 3,
    instances_asked: 3,
    need_invalidate: false,
    verify: "edge",
    downloads: "auto",
    scope: "pop",
    ...NEW_REQUEST_DEFAULTS,
    ...change,
  };
}

/**
 * A request that has ended, with every attribute that an item may have: no two of its strings and numbers are equal, and none is 0.
 * Its counts are possible ones. `active` and the marks of the indexes are no values.
 */
export function fullRequest(change: Partial<RequestItem> = {}): RequestItem {
  const d = new Distinct(7);
  const req_id = d.id("request");
  // Failed, warm and hit tasks are some of those that have a result, and these are some of all.
  const [not_kept_count, uncompressed_count, size_changed_count] = [d.integer(), d.integer(), d.integer()];
  const [regional_count, no_tier_count] = [d.integer(), d.integer()];
  const [failed_count, hit_count, warm_count] = [not_kept_count + 1_003, d.integer() + 5_000, d.integer() + 9_000];
  const download_count = failed_count + hit_count + warm_count + regional_count + 20_011;
  const download_size = d.bytes();
  return {
    req_id,
    status: "FINISHED",
    active: undefined,
    listed: LISTED,
    created_at: d.timestamp(),
    last_update_time: d.timestamp(),
    timeout_at: d.timestamp(),
    expire_at: d.seconds(),
    url_count: d.integer(),
    url_prefix: d.url(),
    cf_domain: d.host(),
    pops: [d.pop(), d.pop()],
    header: [`X-One: ${d.id("header")}`],
    instance_count: d.integer(),
    need_invalidate: true,
    invalidate: { paths: [`/${d.id("path")}`], tags: [d.id("tag")] },
    verify: "edge",
    downloads: 1,
    scope: "regional",
    variants: [{ name: d.id("variant"), header: [`X-Two: ${d.id("header")}`] }],
    origin: { requests_per_second: d.integer(), concurrency: d.integer() },
    sources: [{ type: "list", url: d.url(), base: d.url() }],
    sources_read: [
      { type: "sitemap", from: d.url(), documents: d.integer(), urls: d.integer(), left_out: {}, done: true },
    ],
    expanded: EXPANDED,
    accept_encoding: [d.id("encoding")],
    header_count: d.integer(),
    variant_names: [d.id("variant-before")],
    instances_asked: d.integer(),
    retry_of: d.id("retried"),
    retried_by: d.id("retry"),
    max_failures: d.integer(),
    max_bytes: d.bytes(),
    skip_uncached: true,
    skipped_urls: { count: d.integer(), examples: [d.url()] },
    total_count: download_count + d.integer(),
    total_size: download_size + d.bytes(),
    sizes_known: true,
    distributions: [{ label: d.id("label"), domain: d.host(), id: d.id("distribution"), names: [d.host()] }],
    distribution_settings: [
      {
        id: d.id("settings"),
        price_class: "PriceClass_100",
        error_ttls: { "404": d.integer() },
        behaviours: [{ path_pattern: d.id("pattern"), origin_shield: d.id("shield"), uncached: true }],
      },
    ],
    tasks_per_target: { label: d.integer() },
    may_not_be_kept: { count: d.integer(), examples: [d.url()] },
    unreadable_urls: d.integer(),
    key_id: d.id("key"),
    counted_use: { day: "2024-04-16", transferred_bytes: d.bytes(), total_count: d.integer() },
    resumed_at: d.timestamp(),
    shards: d.integer(),
    lane: "express",
    targets_total: d.integer(),
    targets_sent: d.integer(),
    sent_at: d.milliseconds(),
    invalidated_batches: { E1: d.integer() },
    download_count,
    download_size,
    transferred_bytes: download_size + d.bytes(),
    failed_count,
    warm_count,
    hit_count,
    regional_count,
    not_kept_count,
    uncompressed_count,
    no_age_count: d.integer(),
    age_constant_count: d.integer(),
    origin_age_count: d.integer(),
    no_tier_count,
    size_changed_count,
    empty_seen_at: d.milliseconds(),
    requeues: d.integer(),
    nudges: d.integer(),
    missing_instances: { count: d.integer(), since: d.integer() },
    max_reported_percentage: d.integer(),
    report: d.id("report"),
    results: d.id("results"),
    verdict: "ready_with_exceptions",
    readiness: {
      cold_objects: d.integer(),
      cold_unreadable: d.integer(),
      cold_examples: [{ url: d.url(), variant: d.id("variant-cold"), rec: d.id("rec") }],
      cold_recs: [d.id("rec-cold")],
      lacking_pops: d.integer(),
      lacking_other_pops: d.integer(),
      lacking_examples: [d.pop()],
      pops: d.integer(),
      unresolved_pops: d.integer(),
      unresolved_examples: [d.pop()],
      unanswered_pops: d.integer(),
      unreadable_urls: d.integer(),
      urls: d.integer(),
      exceptions: d.integer(),
    },
    closing: CLOSING,
    announced: true,
    closed: true,
    reason: d.id("why it failed"),
    not_extended: d.id("why it was not extended"),
    pop_coverage: { lead: "01", covered: "02" },
    ...change,
  };
}

export function target(pop: string, change: Partial<Target> = {}): Target {
  const label = change.label ?? LABEL;
  return {
    req_id: "r1",
    target: targetKey(pop, label),
    pop,
    label,
    state: "SENT",
    ips: ["192.0.2.1"],
    expire_at: EXPIRES.target,
    ...change,
  };
}

/** A target whose tasks are not queued yet. */
export function readyTarget(pop: string, change: Partial<Target> = {}) {
  return target(pop, { state: "READY", ...change });
}

/** What a process of an agent said of a request: two tasks held, 10 kB so far, 1 kB and half a task a second. */
export function heartbeat(change: Partial<Heartbeat> = {}): Heartbeat {
  return {
    instance: "i-1",
    worker: "1",
    at: 1_713_237_141_000,
    tasks: 2,
    bytes: 10_000,
    bytes_per_second: 1_000,
    tasks_per_second: 0.5,
    ...change,
  };
}

export function result(pop: string, url: string, change: Partial<TaskResult> = {}): TaskResult {
  return {
    task_key: shardKey("r1", 0),
    pop_url: `${pop}#${url}`,
    req_id: "r1",
    pop,
    url,
    ok: true,
    bytes: 10,
    ms: 5,
    attempts: 1,
    expire_at: EXPIRES.result,
    ...change,
  };
}

/** The same with every attribute that a result may have, of which no two strings and numbers are equal. */
export function fullResult(change: Partial<TaskResult> = {}): TaskResult {
  const d = new Distinct(8);
  const [req_id, pop, url] = [d.id("request"), d.pop(), d.url()];
  const variant = d.id("variant");
  return {
    task_key: shardKey(req_id, d.integer()),
    pop_url: `${pop}#${url}#${variant}`,
    req_id,
    pop,
    url,
    variant,
    ok: false,
    outcome: "not_kept",
    bytes: d.bytes(),
    transferred_bytes: d.bytes(),
    http_status: 206,
    x_cache: d.id("Hit from"),
    tier: d.id("tier"),
    address: d.ip(),
    rounds: d.integer(),
    first_byte_ms: d.integer(),
    age: d.integer(),
    encoding: d.id("br"),
    uncompressed: true,
    x_amz_cf_pop: d.pop(),
    x_amz_cf_id: d.id("cf"),
    ms: d.integer(),
    attempts: d.integer(),
    reason: "timeout",
    error: d.id("error"),
    rec_unsure: true,
    size_changed: true,
    hit_after_download: true,
    warning: "age_constant",
    agent: d.id("i"),
    expire_at: d.seconds(),
    led_by: d.pop(),
    sample: "unclear",
    filled_at: d.milliseconds(),
    ...change,
  };
}

/** A heartbeat with every field that it may have, likewise. */
export function fullHeartbeat(change: Partial<Heartbeat> = {}): Heartbeat {
  const d = new Distinct(9);
  return {
    instance: d.id("i"),
    worker: d.id("worker"),
    at: d.milliseconds(),
    tasks: d.integer(),
    bytes: d.bytes(),
    bytes_per_second: d.bytes(),
    tasks_per_second: d.integer(),
    finished: d.bytes(),
    retrying: [{ code: "http_5xx", tasks: d.integer(), until: d.milliseconds(), example: { url: d.id("url") } }],
    ...change,
  };
}

/** Results, bytes and failures; and how many came to an outcome, or to what else is seen of them. */
export function count(
  download_count: number,
  download_size: number,
  failed_count: number,
  outcomes: Partial<Omit<Count, "download_count" | "download_size" | "failed_count">> = {},
): Count {
  return { ...NO_COUNT, download_count, download_size, failed_count, ...outcomes };
}

/** A batch of a table's stream; its records have only keys. */
export function keysEvent(...keys: Record<string, string>[]) {
  const marshalled = keys.map((key) => Object.fromEntries(Object.entries(key).map(([name, S]) => [name, { S }])));
  return { Records: marshalled.map((Keys) => ({ eventID: "1", dynamodb: { Keys } })) };
}

/** A batch of results that changes nothing but this. */
export function batchCount(change: Partial<BatchCount>): BatchCount {
  return { total: NO_COUNT, shard: 0, blocks: new Map(), uncompressed: [], failures: new Map(), ...change };
}
