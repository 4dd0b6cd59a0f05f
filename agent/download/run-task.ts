import { setTimeout as sleep } from "node:timers/promises";
import { flatHeaders } from "../../domain/net/headers.ts";
import type { TaskMessage, TaskUrl } from "../../domain/plan/task-message.ts";
import { expiresAt } from "../../domain/request/timestamps.ts";
import { popUrlKey, type TaskResult, taskKey } from "../../domain/result/task-result.ts";
import type { Cancellation } from "../work/cancellation.ts";
import { NotATaskError } from "../work/not-a-task.ts";
import { type Answer, judge, type Outcome } from "./answer.ts";
import { headerLines } from "./header-lines.ts";
import type { PopPools } from "./pop-pools.ts";

const MAX_ATTEMPTS = 3;
const FIRST_PAUSE_MS = 200;

export interface RunOptions {
  readonly pools: PopPools;
  readonly ports: { readonly https: number; readonly http: number };
  /** Id of this instance, for the result. */
  readonly agent: string;
  readonly onBytes: (bytes: number) => void;
}

/**
 * Downloads one URL from one POP, on each attempt from the POP's next address, and says how it ended. Which address is
 * the first one depends on the URL alone: a POP's addresses share its load, and each URL has the same one every time.
 * @param cancellation cuts it off; what comes of it then says nothing of the POP
 * @throws NotATaskError for what cannot be asked for, whoever tries
 */
export async function runTask(
  options: RunOptions,
  message: TaskMessage,
  { url: text }: TaskUrl,
  cancellation?: Cancellation,
): Promise<TaskResult> {
  const url = parseUrl(text);
  const headers = headersOf(message);
  const first = firstAddress(text, message.ips.length);
  const started = performance.now();
  let answer: Answer = { bytes: 0 };
  // Task has looked at them already, but a message may come from elsewhere; one bad address spoils the others.
  const problem = message.ips.map((ip) => options.pools.problemWith(ip)).find((it) => it !== undefined);
  let outcome: Outcome =
    problem === undefined ? { kind: "RETRY", error: "not attempted" } : { kind: "FINAL", error: problem };
  let attempts = 0;
  while (outcome.kind === "RETRY" && attempts < MAX_ATTEMPTS && cancellation?.cancelled !== true) {
    if (attempts > 0) await sleep(FIRST_PAUSE_MS * 2 ** (attempts - 1) * (0.5 + Math.random()));
    const pool = options.pools.of(endpoint(options, message, url, first + attempts));
    answer = await pool.download(url.pathname + url.search, headers, options.onBytes, cancellation);
    outcome = judge(answer, message.pop);
    attempts++;
  }
  return toResult(options, message, text, answer, outcome, attempts, performance.now() - started);
}

/** The reasons do not quote: in a URL there may be a key. */
function parseUrl(text: string): URL {
  if (!/^https?:/i.test(text) || !URL.canParse(text)) throw new NotATaskError("a url is not an http(s) URL");
  return new URL(text);
}

/** Parsed once a message, however many URLs it has. */
const knownHeaders = new WeakMap<TaskMessage, string>();

function headersOf(message: TaskMessage): string {
  const known = knownHeaders.get(message);
  if (known !== undefined) return known;
  if (!/^[\x21-\x7e]+$/.test(message.cf_domain)) throw new NotATaskError("cf_domain is not a host");
  const headers = headerLines(["host", message.cf_domain, ...flatHeaders(message.header)]);
  knownHeaders.set(message, headers);
  return headers;
}

/** FNV-1a: any hash would do that spreads URLs which differ by a digit. */
function firstAddress(url: string, addresses: number): number {
  if (addresses === 1) return 0;
  let hash = 0x811c9dc5;
  for (let i = 0; i < url.length; i++) hash = Math.imul(hash ^ url.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % addresses;
}

function endpoint(options: RunOptions, message: TaskMessage, url: URL, turn: number) {
  const secure = url.protocol === "https:";
  return {
    secure,
    address: message.ips[turn % message.ips.length] ?? "",
    port: url.port === "" ? (secure ? options.ports.https : options.ports.http) : Number(url.port),
    servername: message.cf_domain.replace(/:\d+$/, ""),
  };
}

function toResult(
  options: RunOptions,
  message: TaskMessage,
  url: string,
  answer: Answer,
  outcome: Outcome,
  attempts: number,
  ms: number,
): TaskResult {
  const popUrl = popUrlKey(message.pop, url);
  return {
    task_key: taskKey(message.req_id, popUrl, message.shards),
    pop_url: popUrl,
    req_id: message.req_id,
    pop: message.pop,
    url,
    ok: outcome.kind === "GOOD",
    bytes: answer.bytes,
    http_status: answer.httpStatus,
    x_cache: answer.xCache,
    x_amz_cf_pop: answer.xAmzCfPop,
    x_amz_cf_id: answer.xAmzCfId,
    ms: Math.round(ms),
    attempts,
    error: outcome.kind === "GOOD" ? undefined : outcome.error,
    agent: options.agent,
    expire_at: expiresAt(new Date()),
  };
}
