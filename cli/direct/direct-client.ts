import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import * as answers from "../../client/answers.ts";
import type { Answer, ProgressOptions } from "../../client/api-client.ts";
import { RefusedError } from "../../client/api-client.ts";
import { requestsSchema } from "../../domain/api/request-answers.ts";
import {
  describeRequest,
  type EndedItem,
  failureRow,
  popRows,
  progressAnswer,
  summaryAnswer,
} from "../../domain/api/request-view.ts";
import { toArray } from "../../domain/collections.ts";
import { originFetches, urlsByCaching } from "../../domain/cost/edge-traffic.ts";
import type { Estimate } from "../../domain/cost/estimate.ts";
import { directPrices } from "../../domain/cost/estimate-request.ts";
import { findingText } from "../../domain/distribution/findings.ts";
import { urlBehaviours } from "../../domain/distribution/stored-settings.ts";
import type { Resolver } from "../../domain/net/resolver.ts";
import { isMissing, LISTS, type ReadableList } from "../../domain/plan/lists.ts";
import { Plan } from "../../domain/plan/plan.ts";
import { urlVariantKey } from "../../domain/plan/task.ts";
import { countryCode } from "../../domain/pops/countries.ts";
import { type LivePops, livePops, readDiscovered, sourceOf } from "../../domain/pops/discovered-pops.ts";
import { listPops } from "../../domain/pops/list-pops.ts";
import { isRegion } from "../../domain/pops/regions.ts";
import { hostOwners } from "../../domain/request/distributions.ts";
import { invalidatingFields } from "../../domain/request/invalidation.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { variantNames } from "../../domain/request/options.ts";
import { NO_PROGRESS, type Progress } from "../../domain/request/progress.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { checkSettings } from "../../domain/request/settings-check.ts";
import { type FailureGroup, mostFirst } from "../../domain/result/failure-groups.ts";
import { failureGroupsOf } from "../../domain/result/failure-tally.ts";
import { namedHosts } from "../../domain/sources/found-urls.ts";
import { formatTimestamp } from "../../domain/timestamps.ts";
import { ApiError, faultList } from "../../domain/validation/api-error.ts";
import { type AdaptedRequest, applySettings, NO_SETTINGS } from "../../domain/validation/apply-settings.ts";
import { checkPrewarmRequest, type PrewarmRequest } from "../../domain/validation/prewarm-request.ts";
import type { Api } from "../api/client.ts";
import { explained } from "../api/refusal.ts";
import { CommandError } from "../command-error.ts";
import { count, many } from "../output/figures.ts";
import { findRunDistributions } from "./account.ts";
import { CUT_OFF_WARNING } from "./cut-off.ts";
import { type Approve, DirectRun, type EngineDeps, HEARTBEAT_TIMEOUT_MS } from "./engine.ts";
import { LiveCounts } from "./store/live-counts.ts";

/** So many URLs that could not be read are named. */
const MAX_FAILURE_URLS = 1_000;

/** Where the DNS has the POPs of distributions. */
export interface PopNames {
  /** First labels of their domains. None: it is unknown which distributions are meant. */
  readonly labels: readonly string[];
  readonly dns: Pick<Resolver, "addresses">;
}

/** The runs of this machine, asked as the API of a stack is: the commands show both alike. */
export class DirectClient implements Api {
  readonly kind = "direct";
  /** The runs that this process works on. */
  private readonly runs = new Map<string, { readonly run: DirectRun; readonly ended: Promise<void> }>();

  constructor(private readonly deps: EngineDeps) {}

  /** Checks a body, and makes the run of it; {@link start} begins it. */
  async create(body: object): Promise<AdaptedRequest> {
    const { store, caps } = this.deps;
    await store.removeOld(Date.now());
    const retryOf = "retry_of" in body ? String(body.retry_of) : undefined;
    const retried = retryOf === undefined ? undefined : await this.itemOf(retryOf);
    const live = await this.livePops();
    const rules = { reqId: randomUUID(), now: Date.now(), caps, retried, live };
    const request = checked(() => checkPrewarmRequest(body, rules));
    // Nothing is made where it cannot be invalidated.
    const invalidating = invalidatingFields(request.item);
    if (invalidating !== "") await this.checkAccount(invalidating);
    const adapted = await this.adaptToSettings(request, retried);
    const { item, urls } = adapted;
    try {
      await store.create(item, body);
      await store.write(LISTS.urls, item.req_id, urls);
    } catch (error) {
      await store.remove(item.req_id).catch(() => undefined);
      throw error;
    }
    return adapted;
  }

  /**
   * A request as the settings of its distributions make it, if there are credentials to ask for them.
   * @throws CommandError: one would serve nothing, or nothing is left to warm
   */
  private async adaptToSettings(request: PrewarmRequest, retried: RequestItem | undefined): Promise<AdaptedRequest> {
    const { account } = this.deps;
    const told = (adapted: AdaptedRequest, warnings: readonly string[]) => ({
      ...adapted,
      warnings: [...adapted.warnings, ...warnings],
    });
    if (!(await account.hasCredentials())) return told(applySettings(request, NO_SETTINGS), []);
    const {
      refusals,
      refusedUrls,
      warnings,
      stored = [],
      areAllKnown,
      idOf,
    } = await checkSettings(account, { ...request, retried, isStarting: false });
    return checked(() => {
      if (refusals.length > 0) throw new ApiError(400, faultList(refusals.map(findingText)), refusedUrls);
      return told(applySettings(request, { settings: stored, areAllKnown, idOf }), warnings.map(findingText));
    });
  }

  /** Prices of a run that is planned, and its requests to the origin. */
  async estimate(item: RequestItem): Promise<Pick<Estimate, "origin_fetches" | "prices">> {
    const { store, account } = this.deps;
    const objects = await toArray(store.read(LISTS.goodUrls, item.req_id));
    const names = new Set(objects.map(({ url }) => url));
    const targets = await store.targets(item.req_id);
    const pops = [...new Set(targets.flatMap(({ pop, state }) => (state === "FAILED" ? [] : [pop])))];
    // Settings that could be read are those of the account.
    const ownerOf = hostOwners(
      item.distribution_settings === undefined ? [] : await account.listFor(namedHosts(item, [...names])),
    );
    const behaviourOf = urlBehaviours(item, (host) => ownerOf(item.cf_domain ?? host)?.id);
    const settings = { ...item, pops };
    const urls = urlsByCaching([...names], behaviourOf);
    return {
      origin_fetches: originFetches(settings, urls, variantNames(item.variants).length),
      prices: directPrices({ settings, urls, objects, tasks: item.total_count }),
    };
  }

  /** @param fields which need the account @throws CommandError: nothing can be invalidated with the environment's credentials */
  private async checkAccount(fields: string): Promise<void> {
    await this.deps.account.listFor([]).catch((cause: unknown) => {
      if (!(cause instanceof CommandError)) throw cause;
      throw new CommandError(`${fields}: ${cause.message}`, (command) => cause.nextStep(command), { cause });
    });
  }

  /** Works on a run, new or left by another process, until it has ended. @throws CommandError if another process does */
  async start(item: RequestItem, approve?: Approve): Promise<DirectRun> {
    const unlock = await this.deps.store.lock(item.req_id);
    const run = new DirectRun(this.deps, item, approve);
    const ended = run.run().finally(unlock);
    // Whoever asks for its progress is told.
    ended.catch(() => undefined);
    this.runs.set(item.req_id, { run, ended });
    return run;
  }

  /** What a run of this process reads before its tasks are planned, in words; undefined: nothing. */
  reading(id: string): string | undefined {
    const { item, sizes } = this.runs.get(id)?.run ?? {};
    if (sizes !== undefined) return `Reading sizes of ${many(sizes.of, "URL")}: ${count(sizes.read)} read.`;
    return item?.status === "EXPANDING" ? `Reading the sources: ${many(item.url_count, "URL")} so far.` : undefined;
  }

  /** Resolves when a run that this process works on has ended. @throws what keeps it from going on */
  async ended(id: string): Promise<void> {
    await this.runs.get(id)?.ended;
  }

  /** The same, at most so long, in milliseconds. */
  async wait(id: string, ms: number): Promise<void> {
    const sleeping = new AbortController();
    const slept = sleep(ms, undefined, { signal: sleeping.signal }).catch(() => undefined);
    await Promise.race([this.ended(id), slept]).finally(() => sleeping.abort());
  }

  /** A run that is not made after all leaves nothing. */
  async discard(id: string): Promise<void> {
    await this.runs.get(id)?.ended.catch(() => undefined);
    this.runs.delete(id);
    await this.remove(id);
  }

  /** Removes what is kept of a run, also if this process works on it: only where the process ends right after that. */
  async remove(id: string): Promise<void> {
    await this.deps.store.remove(id);
  }

  async progress(id: string, { detail = "" }: ProgressOptions = {}) {
    const item = await this.itemOf(id);
    const wanted = new Set(detail.split(","));
    const isEnded = item.verdict !== undefined && item.active === undefined;
    const counts = isEnded && !wanted.has("pops") ? undefined : await this.countsOf(item);
    const progress = counts?.progress() ?? NO_PROGRESS;
    const now = Date.now();
    const described = await this.described(item, progress, now);
    const answer = progressAnswer(described, {
      pops: wanted.has("pops")
        ? popRows(item, await this.deps.store.targets(id), counts?.pops() ?? new Map())
        : undefined,
      failures: wanted.has("failures") ? await this.failures(item, counts) : undefined,
    });
    return answerOf(answers.progressSchema, {
      ...answer,
      warnings: [...answer.warnings, ...(await this.cutOff(item))],
    });
  }

  async summary(id: string) {
    const item = await this.itemOf(id);
    if (!hasEnded(item))
      throw this.refused(
        new RefusedError(409, `The run is ${item.status}; its summary is available after it has ended`),
      );
    const { store } = this.deps;
    const link = (key: string) => pathToFileURL(store.pathOf(key)).href;
    const bad = await this.listOr(LISTS.failedUrls, id, []);
    const names = bad.map(urlVariantKey);
    return answerOf(
      answers.summarySchema,
      summaryAnswer(
        item,
        await store.targets(id),
        {
          failure_urls: names.slice(0, MAX_FAILURE_URLS),
          failure_urls_omitted: Math.max(0, names.length - MAX_FAILURE_URLS),
          failure_pop_urls_report: link(item.report),
          results_url: item.results === undefined ? null : link(item.results),
          failures: await this.failures(item, undefined),
        },
        Date.now(),
      ),
    );
  }

  async requests({
    limit,
    status,
    next = "0",
  }: {
    limit: number;
    status?: string | undefined;
    next?: string | undefined;
  }) {
    const now = Date.now();
    const wanted = status?.toUpperCase();
    const all = (await this.deps.store.all()).filter((item) => wanted === undefined || item.status === wanted);
    const from = Number(next);
    const page = all.slice(from, from + limit);
    const rows = await Promise.all(
      page.map(async (stored) => {
        // One that is damaged, or removed meanwhile, is shown as far as it could be read: it must not hide the others.
        const item = await this.itemOf(stored.req_id).catch(() => stored);
        const counts = item.active === undefined ? undefined : await this.countsOf(item).catch(() => undefined);
        return this.described(item, counts?.progress() ?? NO_PROGRESS, now);
      }),
    );
    const isLast = from + limit >= all.length;
    const { requests, ...document } = requestsSchema.parse({
      timestamp: formatTimestamp(now),
      requests: rows,
      next: isLast ? null : String(from + limit),
    });
    const cutOff = await Promise.all(page.map((item) => this.cutOff(item)));
    const withWarnings = requests.map((it, i) => ({ ...it, warnings: [...it.warnings, ...(cutOff[i] ?? [])] }));
    return answerOf(answers.requestsSchema, { ...document, requests: withWarnings });
  }

  /** What is wrong with folders of runs that {@link requests} leaves out. */
  async damaged(): Promise<string[]> {
    const problems: string[] = [];
    await this.deps.store.all((problem) => problems.push(problem));
    return problems;
  }

  async pops({ country, region }: { country?: string | undefined; region?: string | undefined } = {}) {
    const filter = { country: country && (countryCode(country) ?? country), region: [region ?? ""].find(isRegion) };
    const live = await this.livePops();
    const pops = listPops(filter, new Map(), live);
    return answerOf(answers.popsSchema, {
      timestamp: formatTimestamp(Date.now()),
      count: pops.length,
      source: sourceOf(live),
      discovered_at: live.discoveredAt,
      warnings: live.note === undefined ? undefined : [live.note],
      pops,
    });
  }

  /** The names of the POPs of these hosts' distributions, as the DNS and the account say. */
  async popNames(cfDomain: string | undefined, hosts: readonly string[]): Promise<PopNames> {
    const naming = { cfDomain, hosts, needsIds: false };
    const { distributions } = await findRunDistributions(naming, this.deps).catch(() => ({ distributions: [] }));
    return { labels: [...new Set(distributions.map(({ label }) => label))], dns: this.deps.dns };
  }

  /** Facts on which POPs exist now, of the last discovery of this machine. */
  private async livePops(): Promise<LivePops> {
    const now = Date.now();
    return livePops(readDiscovered(await this.deps.store.discoveredPops(), now), new Map(), now);
  }

  async instances(): Promise<never> {
    throw noInstances();
  }

  async setInstances(): Promise<never> {
    throw noInstances();
  }

  /** Ends a run, wherever it is worked on. What is warm stays warm. */
  async stop(id: string) {
    const own = this.runs.get(id);
    const holder = own === undefined ? await this.deps.store.lockHolder(id) : undefined;
    if (own !== undefined) own.run.stop("STOP");
    else if (holder !== undefined) process.kill(holder, "SIGTERM");
    else {
      // The process that worked on it is gone. Its report is still to be written, and nothing else is done.
      const run = await this.start(await this.itemOf(id), async () => false);
      run.stop("STOP");
      await this.runs.get(id)?.ended;
    }
    return answerOf(answers.instancesSetSchema, { message: "Stopping: downloads in progress are aborted." });
  }

  /** How the run stands, also where its process has died. @throws CommandError: there is none; what keeps this process from working on it */
  async itemOf(id: string): Promise<RequestItem> {
    const own = this.runs.get(id);
    if (own !== undefined && own.run.fault !== undefined) await own.ended;
    const item = own?.run.item ?? (await this.deps.store.get(id));
    if (item === undefined)
      throw new CommandError(
        `there is no direct run ${id}`,
        (command) => `\`${command("list")}\` shows the direct runs of this machine. They are kept for 30 days.`,
      );
    return item;
  }

  /** The process that works on a run is its only instance, also while it waits. */
  private async described(item: RequestItem, progress: Progress, now: number) {
    const described = describeRequest(item, progress, { now, heartbeatTimeoutMs: HEARTBEAT_TIMEOUT_MS });
    return { ...described, instances_at_work: (await this.isWorkedOn(item)) ? 1 : 0 };
  }

  /** The warning that no process works on it; none if one does, or it has ended. */
  private async cutOff(item: RequestItem) {
    return item.active === undefined || (await this.isWorkedOn(item)) ? [] : [CUT_OFF_WARNING];
  }

  private async isWorkedOn({ req_id: id, active }: RequestItem): Promise<boolean> {
    if (active === undefined) return false;
    return this.runs.has(id) || (await this.deps.store.lockHolder(id)) !== undefined;
  }

  /** What it has come to so far; read from its results, where another process works on it or has. Undefined: nothing is planned yet. */
  private async countsOf(item: RequestItem): Promise<LiveCounts | undefined> {
    const own = this.runs.get(item.req_id);
    if (own !== undefined && item.active !== undefined) return own.run.live;
    if (item.total_count === 0) return undefined;
    const { store } = this.deps;
    const urls = await toArray(store.read(LISTS.goodUrls, item.req_id));
    const counts = new LiveCounts(new Plan(item, await store.targets(item.req_id)), urls);
    for await (const result of store.journal(item.req_id).newestFirst()) counts.add(result);
    const heartbeat = await store.heartbeat(item.req_id);
    if (heartbeat !== undefined) counts.setHeartbeat(heartbeat);
    return counts;
  }

  private async failures(item: RequestItem, counts: LiveCounts | undefined) {
    const { req_id: id, report } = item;
    if (report !== undefined) return mostFirst(await this.listOr(LISTS.failures, id, [])).map(failureRow);
    const ofUrls: FailureGroup[] = await this.listOr(LISTS.failedUrlGroups, id, []);
    const ofPops = failureGroupsOf((await this.deps.store.targets(id)).filter(({ state }) => state === "FAILED"));
    return mostFirst([...(counts?.failureGroups() ?? []), ...ofUrls, ...ofPops]).map(failureRow);
  }

  /** @param absent what it has before the list is written */
  private async listOr<T>(list: ReadableList<T>, id: string, absent: T[]): Promise<T[]> {
    return toArray(this.deps.store.read(list, id)).catch((error: unknown) => {
      if (isMissing(error)) return absent;
      throw error;
    });
  }

  private refused(error: RefusedError): CommandError {
    return explained(error, { url: this.deps.store.root, key: "", from: "the runs of this machine" });
  }
}

function hasEnded(item: RequestItem): item is EndedItem {
  return isTerminal(item.status) && item.report !== undefined;
}

/** @throws CommandError that says what the API would refuse */
function checked<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const refused = new RefusedError(error.statusCode, error.message, error.errorUrls);
    throw explained(refused, { url: "", key: "", from: "" });
  }
}

function noInstances(): CommandError {
  return new CommandError("a direct run has no instances: this machine downloads", "To use instances: --stack NAME.");
}

function answerOf<T>(schema: { parse(value: unknown): T }, json: unknown): Answer<T> {
  return { value: schema.parse(json), json };
}
