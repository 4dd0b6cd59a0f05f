// What `warm`, `retry` and `resume` do without a stack: this process does the work, and shows it as a stack's.

import type { Prices, Progress } from "../../client/answers.ts";
import { shortId } from "../../client/request-ids.ts";
import { stopwatch } from "../../domain/durations.ts";
import { MAX_TIMEOUT_MINUTES } from "../../domain/limits.ts";
import { popSelectionText } from "../../domain/readiness/sentence.ts";
import { invalidatingFields } from "../../domain/request/invalidation.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { formatTimestamp, parseTimestamp } from "../../domain/timestamps.ts";
import { findRequest } from "../api/find-request.ts";
import type { Body } from "../body/body.ts";
import type { PlaceWords } from "../body/place-words.ts";
import { CommandError, type Next } from "../command-error.ts";
import { connectDirect } from "../direct/connect.ts";
import type { DirectClient } from "../direct/direct-client.ts";
import type { Approve } from "../direct/engine.ts";
import { EXIT } from "../exit-codes.ts";
import { factLines, originFacts, priceFacts } from "../output/estimate-lines.ts";
import { bytes, many } from "../output/figures.ts";
import { lookOf } from "../output/look.ts";
import { mentionWarnings } from "../output/warnings.ts";
import { printedCommand } from "../printed-command.ts";
import { command, mention, type Shell, say, sayJson } from "../shell.ts";
import { isWanted } from "../watch/question.ts";
import { isLarge, mentionPrices, priceQuestion } from "./consent.ts";
import { mentionForms } from "./start.ts";
import { waitFor } from "./wait-for.ts";

/** Nobody has shown that the site is theirs: without another limit, its origin is asked so much. */
const DEFAULT_ORIGIN = { requests_per_second: 50 };
/** Tasks and minutes above which the command asks for confirmation, and recommends a stack. */
const ASK_TASKS = 20_000;
const ASK_MINUTES = 30;
/** How long the rate is measured that the time is estimated with. */
const MEASURE_MS = 5_000;
const QUEUED_POLL_MS = 200;
/** Time between two lines on how far a run has read its sources and sizes. */
const READING_MS = 10_000;
const SIGNALS = ["SIGINT", "SIGTERM"] as const;
const STACK = "To download with more machines, deploy a stack: docs/deploy.md.";

export interface DirectWords extends PlaceWords {
  readonly timeout?: string;
  readonly yes?: boolean;
  readonly wait?: boolean;
  readonly instances?: string;
}

/** Warms without a stack. Returns the exit code. @param body of POST /prewarm */
export async function warmDirect(shell: Shell, client: DirectClient, body: Body, words: DirectWords): Promise<number> {
  refuseWhatNeedsAStack(body, words);
  const { item, warnings, skippedUrls, popSelection } = await client.create(directBody(body));
  mentionWarnings(shell, { warnings, skipped_urls: skippedUrls });
  if (popSelection !== undefined) mention(shell, `${popSelectionText(popSelection, Date.now())}.`);
  mentionForms(shell, item.accept_encoding ?? []);
  if (shell.stdout.isTTY !== true) mention(shell, `${item.req_id} has started. Ctrl-C stops it.`);
  const reads = (item.sources ?? []).length > 0 ? "the sources" : `sizes of ${many(item.url_count, "URL")}`;
  mention(shell, `Reading ${reads} …`);
  let refusal: unknown;
  const approve: Approve = async (planned, signal) => {
    try {
      const { prices } = await client.estimate(planned);
      const isWanted = await mayBegin(shell, planned, prices, { yes: words.yes, signal });
      if (isWanted && invalidatingFields(planned) !== "") mention(shell, `Invalidating ${invalidated(planned)} …`);
      return isWanted;
    } catch (error) {
      refusal = error;
      return false;
    }
  };
  return follow(shell, client, item, { isNew: true, words, approve, refusal: () => refusal });
}

function invalidated({ need_invalidate, invalidate, url_count }: RequestItem): string {
  const { paths = [], tags = [] } = invalidate ?? {};
  const parts = [
    many(need_invalidate ? url_count : 0, "URL"),
    many(paths.length, "path"),
    many(tags.length, "cache tag"),
  ];
  return parts.filter((part) => !part.startsWith("0 ")).join(", ");
}

/** Tells what a run would come to, with all sizes asked and all POPs looked up. Nothing is downloaded, and no run is left. */
export async function estimateDirect(
  shell: Shell,
  client: DirectClient,
  body: Body,
  words: DirectWords,
): Promise<number> {
  refuseWhatNeedsAStack(body, words);
  const { item, warnings, skippedUrls } = await client.create(directBody(body));
  mentionWarnings(shell, { warnings, skipped_urls: skippedUrls });
  let planned: RequestItem | undefined;
  let estimate: Awaited<ReturnType<DirectClient["estimate"]>> | undefined;
  const quiet = stopOnSignal(shell, client, item.req_id, {
    stopping: "Stopping. Nothing was downloaded.",
    leave: () => client.remove(item.req_id),
  });
  const run = await client.start(item, async (it) => {
    estimate = await client.estimate(it);
    planned = it;
    return false;
  });
  const endReading = mentionReading(shell, client, item.req_id);
  await client
    .ended(item.req_id)
    .finally(endReading)
    .finally(() => client.discard(item.req_id).finally(quiet));
  if (planned === undefined && run.item.status === "STOPPED") return EXIT.cutShort;
  if (planned === undefined || estimate === undefined)
    throw new CommandError(
      `it would fail: ${run.item.reason ?? run.item.status}`,
      "Correct the cause, then run the command again.",
    );
  const { url_count: urls, total_count: tasks, total_size: size, sizes_known, targets_total: pops } = planned;
  const { origin_fetches, prices } = estimate;
  if (words.json === true) {
    const more = { origin_fetches, skipped_urls: skippedUrls };
    const transferred = { transferred_bytes: prices.as_asked.bytes, prices };
    sayJson(shell, { urls, pops, tasks, bytes: size, are_all_sizes_known: sizes_known, ...transferred, ...more });
  } else {
    say(
      shell,
      `${many(tasks, "task")}: ${many(urls, "URL")} × ${many(pops, "POP")}; ${sizes_known ? "" : "at least "}${bytes(size)}.`,
    );
    const facts = [...priceFacts(prices), ...originFacts(origin_fetches)];
    for (const line of factLines(facts, lookOf(shell))) say(shell, line);
  }
  mention(
    shell,
    "Nothing was downloaded. To start, run the same command without --dry-run. It estimates the time after a few seconds.",
  );
  return EXIT.good;
}

/** Goes on with a run that was cut off. Returns the exit code. */
export async function resume(shell: Shell, named: string | undefined, words: DirectWords): Promise<number> {
  // The commands in later texts name the engine: without it, they would ask a stack that is configured.
  shell.command = printedCommand(shell.env, { ...words, direct: true });
  const client = await connectDirect(shell, words.dns ?? []);
  const { id } = await findRequest(client, named);
  const item = renewed(await client.itemOf(id), Date.now());
  if (item.active === undefined)
    throw new CommandError(`${shortId(id)} has ended: ${item.status}`, afterEnd(id, (await client.progress(id)).value));
  mention(shell, `Resuming ${id}.`);
  // One whose question was never answered is asked again.
  const approve: Approve = async (planned, signal) => {
    const { prices } = await client.estimate(planned);
    return mayBegin(shell, planned, prices, { yes: words.yes, signal });
  };
  return follow(shell, client, item, { isNew: false, words, approve, refusal: () => undefined });
}

/** Next step for a run that cannot be resumed, because it has ended. */
function afterEnd(id: string, progress: Progress): Next {
  const { total_count: total, download_count: results, failed_count: failed } = progress;
  const which = [failed > 0 && "failed", results < total && "were not tried"].filter((it) => it !== false);
  return (command) =>
    which.length === 0
      ? `To see the result: ${command("status", shortId(id))}`
      : `To retry the tasks that ${which.join(" or ")}: ${command("retry", shortId(id))}`;
}

/** With as much time again as it had. */
function renewed(item: RequestItem, now: number): RequestItem {
  const { timeout_at, created_at, resumed_at: startedAt = created_at } = item;
  const ms = Math.min(MAX_TIMEOUT_MINUTES * 60_000, parseTimestamp(timeout_at) - parseTimestamp(startedAt));
  return { ...item, timeout_at: formatTimestamp(now + ms), resumed_at: formatTimestamp(now) };
}

interface Following {
  /** Whether it leaves nothing if nothing of it can begin. */
  readonly isNew: boolean;
  readonly words: DirectWords;
  readonly approve: Approve;
  /** What `approve` could not ask. */
  readonly refusal: () => unknown;
}

async function follow(shell: Shell, client: DirectClient, item: RequestItem, following: Following) {
  const { req_id: id } = item;
  const quiet = stopOnSignal(shell, client, id, {
    stopping:
      "Stopping: downloads in progress are aborted, and the report is written. Press Ctrl-C again to exit immediately.",
    leave: async () => mention(shell, `To continue later: ${command(shell, "resume", shortId(id))}`),
  });
  try {
    return await work(shell, client, item, following);
  } finally {
    quiet();
  }
}

/**
 * The first signal stops a run, which ends soon; the second one ends this process at once.
 * @param hooks `stopping`: what is told at the first one; `leave`: called before the second one ends the process
 * @returns ends that
 */
function stopOnSignal(
  shell: Shell,
  client: DirectClient,
  id: string,
  { stopping, leave }: { readonly stopping: string; readonly leave: () => Promise<void> },
): () => void {
  let isStopping = false;
  const hear = (signal: NodeJS.Signals) => {
    // Another process stops it by SIGTERM, and may do so again: that is no wish to end at once.
    if (isStopping && signal === "SIGTERM") return;
    if (isStopping) return void leave().finally(() => process.exit(EXIT.left));
    isStopping = true;
    mention(shell, stopping);
    client.stop(id).catch((error: unknown) => mention(shell, error instanceof Error ? error.message : String(error)));
  };
  for (const signal of SIGNALS) process.on(signal, hear);
  return () => {
    for (const signal of SIGNALS) process.off(signal, hear);
  };
}

/** Prints at intervals how far a run has read its sources and sizes. @returns ends that */
function mentionReading(shell: Shell, client: DirectClient, id: string): () => void {
  const timer = setInterval(() => {
    const line = client.reading(id);
    if (line !== undefined) mention(shell, line);
  }, READING_MS);
  return () => clearInterval(timer);
}

async function work(shell: Shell, client: DirectClient, item: RequestItem, following: Following) {
  const { isNew, words, approve, refusal } = following;
  const { req_id: id } = item;
  const planned = new Promise<boolean>((resolve, reject) => {
    const askFirst: Approve = async (it, signal) => {
      const isApproved = await approve(it, signal);
      // A run that was stopped meanwhile has a report, as it has at any other time.
      resolve(isApproved || signal.aborted);
      return isApproved;
    };
    client.start(item, askFirst).then(
      // It may end before anything is planned: nothing can be read, or no POP resolves.
      () => {
        // What was planned before is not asked again.
        if (item.status === "IN_PROGRESS") resolve(true);
        return client.ended(id).then(() => resolve(true), reject);
      },
      reject,
    );
  });
  const endReading = mentionReading(shell, client, id);
  const isApproved = await planned.finally(endReading).catch(async (error: unknown) => {
    if (isNew) await client.discard(id);
    throw error;
  });
  if (!isApproved && isNew) {
    await client.discard(id);
    if (refusal() !== undefined) throw refusal();
    mention(shell, "Nothing was downloaded.");
    return EXIT.good;
  }
  // What is invalidated first is waited for.
  while ((await client.itemOf(id)).status === "INSERT_TASK") await client.wait(id, QUEUED_POLL_MS);
  await client.wait(id, MEASURE_MS);
  const { value: progress } = await client.progress(id);
  if (progress.estimated_finish_at !== null) {
    const ms = parseTimestamp(progress.estimated_finish_at) - parseTimestamp(progress.timestamp);
    mention(
      shell,
      `About ${stopwatch(ms, "en")} left at the rate of the first seconds, ${bytes(progress.bytes_per_second)}/s.`,
    );
    try {
      const ended = new AbortController();
      client.ended(id).then(
        () => ended.abort(),
        () => ended.abort(),
      );
      if (ms > ASK_MINUTES * 60_000 && !(await mayGoOn(shell, ms, words.yes, ended.signal))) await client.stop(id);
    } catch (error) {
      // Nobody can be asked. It must not go on behind the error.
      await client.stop(id);
      await client.ended(id);
      throw error;
    }
  }
  const { listed } = await findRequest(client, id).catch(() => ({ listed: undefined }));
  return waitFor(shell, client, id, { json: words.json === true, listed });
}

/** Prints the size and the prices of a run; asks if it is large. */
async function mayBegin(
  shell: Shell,
  item: RequestItem,
  prices: Prices,
  { yes, signal }: { readonly yes: boolean | undefined; readonly signal: AbortSignal },
): Promise<boolean> {
  const { total_count: tasks, total_size: size, sizes_known: isKnown } = item;
  mention(shell, `${many(tasks, "task")}, ${isKnown ? "" : "at least "}${bytes(size)}.`);
  mentionPrices(shell, prices);
  if (tasks < ASK_TASKS && !isLarge(prices)) return true;
  const question = `${STACK} ${priceQuestion(prices)} in ${many(tasks, "task")} over this machine's network?`;
  return isWanted(shell, question, yes, signal);
}

async function mayGoOn(shell: Shell, ms: number, yes: boolean | undefined, signal: AbortSignal): Promise<boolean> {
  return isWanted(shell, `This takes about ${stopwatch(ms, "en")} on this network. ${STACK} Continue?`, yes, signal);
}

/**
 * The body with what holds of a direct run if nothing else is said: nobody pays for instances that are forgotten. A retry has the settings
 * of what it tries again.
 */
function directBody({ dry_run: _, ...body }: Body): Body {
  if (body["retry_of"] !== undefined) return body;
  return { timeout: MAX_TIMEOUT_MINUTES, instance_count: 1, origin: DEFAULT_ORIGIN, ...body };
}

/** @throws CommandError for what one process does not have */
function refuseWhatNeedsAStack(body: Body, { wait, instances }: DirectWords): void {
  const needs = (what: string, why: string) =>
    new CommandError(`${what}: ${why}`, "Remove the option, or use a stack: --stack NAME.");
  if (wait === false) throw needs("--no-wait", "a direct run needs this command to keep running");
  if (instances !== undefined || (body["instance_count"] ?? 1) !== 1)
    throw needs("instance_count", "a direct run has no instances: this machine downloads");
  if (body["client_token"] !== undefined)
    throw needs("client_token", "a direct run does not support idempotency tokens: each call starts a new run");
  if (sourcesIn(body).some((source) => "s3" in source))
    throw needs("sources", "a direct run cannot read s3:// sources; use https:// sources");
}

/** Entries of `sources`, which nobody has checked. */
function sourcesIn({ sources }: Body): object[] {
  return Array.isArray(sources) ? sources.filter((it) => typeof it === "object" && it !== null) : [];
}
