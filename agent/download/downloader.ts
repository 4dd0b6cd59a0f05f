import { isLarge } from "../../domain/plan/messages.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import type { TaskUrl } from "../../domain/plan/task-url.ts";
import type { Failure } from "../../domain/result/failure.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import { retry } from "../../domain/retry.ts";
import type { Tally } from "../queue/meter.ts";
import type { Cancellation } from "../work/cancellation.ts";
import type { Transfer } from "../work/holding.ts";
import { NotATaskError } from "../work/not-a-task.ts";
import { judge } from "./answer.ts";
import { maxBytesOf } from "./body-limits.ts";
import { endpointOf, firstAddress, type Ports } from "./endpoint.ts";
import { messageHeaders } from "./message-headers.ts";
import type { PopPools } from "./pop-pools.ts";
import { type Attempt, toResult } from "./to-result.ts";

const MAX_ATTEMPTS = 3;
/** Mean pause before the second attempt; doubled before the third. */
const FIRST_PAUSE_MS = 200;

export interface DownloaderOptions {
  readonly pools: PopPools;
  readonly ports: Ports;
  /** Stored with the results. */
  readonly instanceId: string;
  /** Told of the bytes of bodies as they arrive, and of each task that was not cut off. */
  readonly meter: Readonly<Record<"small" | "large", Pick<Tally, "addBytes" | "addTask">>>;
}

/** What is asked on each attempt. */
interface Ask {
  readonly url: URL;
  /** Index of the first address to ask. */
  readonly first: number;
  readonly headers: string;
  readonly maxBytes: number;
  readonly onBytes: (bytes: number) => void;
}

/** Downloads tasks and drops what arrives: the POP then has the object. */
export class Downloader {
  constructor(private readonly options: DownloaderOptions) {}

  /**
   * Downloads one URL from one POP, on each attempt from the POP's next address, and says how it ended. Which address
   * is the first depends on the URL alone: a POP's addresses share its load, and each URL has the same one every time.
   * @param cancellation cuts it off; its result then says nothing about the POP
   * @param transfer told of its bytes as they come. @default nobody is
   * @throws NotATaskError for what no agent can ask for
   */
  async download(
    message: TaskMessage,
    task: TaskUrl,
    cancellation: Cancellation,
    transfer?: Transfer,
  ): Promise<TaskResult> {
    const { url: text, bytes } = task;
    const tally = isLarge(task) ? this.options.meter.large : this.options.meter.small;
    const onBytes = (bytes: number) => {
      tally.addBytes(bytes);
      transfer?.addBytes(bytes);
    };
    const url = parseUrl(text);
    const headers = messageHeaders(message);
    const started = performance.now();
    const refusal = this.refusedAddress(message);
    const ask = { url, first: firstAddress(text, message.ips.length), headers, maxBytes: maxBytesOf(bytes), onBytes };
    const last =
      refusal === undefined ? await this.attempts(message, ask, cancellation, transfer) : notAttempted(refusal);
    const result = toResult(message, text, this.options.instanceId, last, performance.now() - started);
    // What was cut off says nothing of the link.
    if (!cancellation.cancelled) tally.addTask(isTroubled(result));
    return result;
  }

  /** @returns the last attempt */
  private attempts(
    message: TaskMessage,
    ask: Ask,
    cancellation: Cancellation,
    transfer: Transfer | undefined,
  ): Promise<Attempt> {
    const { url, first, headers, maxBytes, onBytes } = ask;
    let last = NOT_ATTEMPTED;
    const attempt = async (n: number): Promise<Attempt> => {
      // It may have been cancelled in the pause before.
      if (cancellation.cancelled) return last;
      if (n > 0) transfer?.clear();
      const pool = this.options.pools.of(endpointOf(message, url, this.options.ports, first + n));
      const answer = await pool.download(url.pathname + url.search, headers, onBytes, cancellation, maxBytes);
      last = { count: n + 1, answer, outcome: judge(answer, message.pop) };
      return last;
    };
    return retry(attempt, {
      attempts: MAX_ATTEMPTS,
      firstMs: FIRST_PAUSE_MS,
      again: ({ outcome }) => outcome.kind === "RETRY" && !cancellation.cancelled,
    });
  }

  /** Task has checked the addresses, but a message may come from elsewhere. One bad address spoils the others. */
  private refusedAddress({ ips }: TaskMessage): Failure | undefined {
    for (const ip of ips) {
      const problem = this.options.pools.problemWith(ip);
      if (problem !== undefined) return { reason: "refused_address", detail: problem };
    }
    return undefined;
  }
}

function notAttempted(failure: Failure): Attempt {
  return { count: 0, answer: { bytes: 0 }, outcome: { kind: "FINAL", failure } };
}

/** How a task ends that is cancelled before it has begun. */
const NOT_ATTEMPTED = notAttempted({ reason: "other", detail: "not attempted" });

/** Whether too many downloads at once may be the cause. They never are where a POP refuses the first attempt. */
function isTroubled({ ok, http_status: status = 0, attempts }: TaskResult): boolean {
  return !ok && (status === 0 || status >= 500 || attempts > 1);
}

/** The reason does not quote the URL: there may be a key in it. */
function parseUrl(text: string): URL {
  if (!/^https?:/i.test(text) || !URL.canParse(text)) throw new NotATaskError("a url is not an http(s) URL");
  return new URL(text);
}
