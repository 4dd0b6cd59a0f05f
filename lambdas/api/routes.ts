import type { Logger } from "@aws-lambda-powertools/logger";
import type { APIGatewayProxyEvent } from "aws-lambda";
import type { ProgressReader } from "../../aws/progress-reader.ts";
import type { RequestReader } from "../../aws/request-reader.ts";
import type { AnswerOf, RouteName } from "../../domain/api/answers.ts";
import type { Caps } from "../../domain/request/caps.ts";
import { bodyDigest } from "../../domain/request/client-token.ts";
import type { Patience } from "../../domain/request/patience.ts";
import { isCounted } from "../../domain/request/percentage.ts";
import { NO_PROGRESS } from "../../domain/request/progress.ts";
import type { SourceBuckets } from "../../domain/sources/source-buckets.ts";
import { askedFor } from "./asked-for.ts";
import { checkBody, jsonOf, parseBody } from "./body.ts";
import { type CheckHostsDeps, checkAllowed, checkHosts } from "./check-hosts.ts";
import { checkUrlsAlone } from "./check-urls.ts";
import { describeApi } from "./describe-api.ts";
import { detailsOf } from "./detail.ts";
import { type DryRunDeps, dryRun, ignoredInDryRun } from "./dry-run.ts";
import { type FailuresDeps, failuresOf } from "./failures.ts";
import { findRequest } from "./find-request.ts";
import { changeInstances, type InstancesDeps, readInstances } from "./instances.ts";
import { instancesBodySchema } from "./instances-request.ts";
import { type OnceForTokenDeps, onceForToken } from "./once-for-token.ts";
import { type PopRowsDeps, popRows } from "./pop-rows.ts";
import { type PopUrlsDeps, popUrls } from "./pop-urls.ts";
import { describePops, type PopsDeps } from "./pops.ts";
import { prewarmBodySchema } from "./prewarm-body.ts";
import { checkPrewarmRequest } from "./prewarm-request.ts";
import { countOf, describeProgress } from "./progress.ts";
import { recordReportedPercentage } from "./record-reported-percentage.ts";
import { RefusedError } from "./refused-error.ts";
import { listRequests, type RequestsDeps } from "./requests.ts";
import { filledFrom, type RetriedRequestDeps, retriedRequest, retryLinks } from "./retried-request.ts";
import { type SamplesDeps, samplesFor } from "./samples.ts";
import { sentenceOf } from "./sentence-of.ts";
import { describeSettings, type SettingsDeps } from "./settings.ts";
import { type StartRequestDeps, startRequest } from "./start-request.ts";
import { type SummaryDeps, summarize } from "./summary.ts";
import { namesPops } from "./warnings.ts";

export interface RoutesDeps
  extends CheckHostsDeps,
    StartRequestDeps,
    InstancesDeps,
    SummaryDeps,
    PopsDeps,
    PopRowsDeps,
    PopUrlsDeps,
    FailuresDeps,
    SamplesDeps,
    RequestsDeps,
    DryRunDeps,
    SettingsDeps,
    RetriedRequestDeps,
    OnceForTokenDeps {
  readonly requests: StartRequestDeps["requests"] &
    InstancesDeps["requests"] &
    RequestsDeps["requests"] &
    Pick<RequestReader, "get">;
  readonly lists: StartRequestDeps["lists"] & SummaryDeps["lists"];
  readonly fleet: StartRequestDeps["fleet"] & InstancesDeps["fleet"];
  readonly progress: PopRowsDeps["progress"] &
    FailuresDeps["progress"] &
    SamplesDeps["progress"] &
    Pick<ProgressReader, "of">;
  readonly patience: Pick<Patience, "staleMs" | "beatMs">;
  readonly logger: CheckHostsDeps["logger"] &
    StartRequestDeps["logger"] &
    InstancesDeps["logger"] &
    OnceForTokenDeps["logger"] &
    DryRunDeps["logger"] &
    Pick<Logger, "info">;
  readonly caps: Caps;
  readonly sourceBuckets: SourceBuckets;
  readonly newId: () => string;
}

/** Answers one call with the body of a 200. @throws RefusedError for any other status */
export type Route<Body = Record<string, unknown>> = (deps: RoutesDeps, event: APIGatewayProxyEvent) => Promise<Body>;

/** One function a route that is described. */
type Routes = { readonly [Name in RouteName]: Route<AnswerOf<Name>> };

const ALL: Routes = {
  "POST /prewarm": async (deps, event) => {
    const json = jsonOf(event.body, event.isBase64Encoded);
    const retried = await retriedRequest(deps, json);
    const filled = retried === undefined ? json : filledFrom(retried, json);
    const body = checkBody(prewarmBodySchema, filled, checkUrlsAlone);
    const request = checkPrewarmRequest(body, deps.caps, deps.sourceBuckets, retried);
    await checkAllowed(deps, request);
    const warnings = [...request.warnings, ...(await checkHosts(deps, request))];
    if (body.dry_run === true) return dryRun(deps, request, [...warnings, ...ignoredInDryRun(body)]);
    const make = async (reqId: string) => {
      const made = await startRequest(deps, reqId, request, deps.now());
      deps.logger.info("Request created", { req_id: reqId, urls: made.url_count, pops: made.pops.length });
      return made;
    };
    const token = body.client_token;
    const item =
      token === undefined
        ? await make(deps.newId())
        : await onceForToken(deps, { token, digest: bodyDigest(body) }, deps.newId(), make);
    return {
      status: "Success",
      error_message: "",
      error_urls: [],
      request_id: item.req_id,
      timestamp: item.created_at,
      timeout_at: item.timeout_at,
      ...(warnings.length === 0 ? {} : { warnings }),
    };
  },

  "GET /prewarm": async (deps, event) => {
    const details = detailsOf(event.queryStringParameters?.["detail"]);
    const item = await requestOf(deps, event);
    // Once it is recounted, an ended request's item has its exact counts, and nothing of its examples.
    const needed = !isCounted(item) || item.uncompressed_count > 0;
    const progress = needed ? await deps.progress.of(item.req_id) : NO_PROGRESS;
    const pops = namesPops(countOf(item, progress)) ? await deps.progress.pops(item.req_id, item.pops) : undefined;
    const now = deps.now();
    const described = describeProgress(item, progress, now, deps.patience, pops);
    const noted = recordReportedPercentage(deps, item, described.percentage_complete);
    const { instance_count, timeout_at, readiness, reason } = item;
    const body = {
      ...described,
      instance_count,
      timeout_at,
      ...askedFor(item),
      ...(reason === undefined ? {} : { reason }),
      ...(readiness === undefined ? {} : { readiness }),
      ...retryLinks(item),
      sentence: sentenceOf(item, described),
      ...(details.has("pops") ? { pops: await popRows(deps, item) } : {}),
      ...(details.has("failures") ? { failures: await failuresOf(deps, item) } : {}),
      ...(details.has("urls") ? { urls: await popUrls(deps, item, event.queryStringParameters?.["pop"] ?? "") } : {}),
      ...(details.has("samples") ? { samples: await samplesFor(deps, item, progress, now) } : {}),
    };
    await noted;
    return body;
  },

  "GET /summary": async (deps, event) => summarize(deps, await requestOf(deps, event)),

  "POST /instances": (deps, event) =>
    changeInstances(deps, parseBody(instancesBodySchema, event.body, event.isBase64Encoded)),

  "GET /instances": (deps) => readInstances(deps),

  "GET /requests": (deps, event) => listRequests(deps, event.queryStringParameters),

  "GET /settings": async (deps) => describeSettings(deps),

  "GET /pops": (deps, event) => describePops(deps, event.queryStringParameters),

  "GET /openapi.json": describeApi,
};

/** By method and resource, as API Gateway names them. */
export const routes: Readonly<Record<string, Route>> = ALL;

async function requestOf(deps: RoutesDeps, event: APIGatewayProxyEvent) {
  const reqId = event.queryStringParameters?.["req_id"];
  if (reqId === undefined || reqId === "") throw new RefusedError(400, "req_id: is required in the query string");
  return findRequest(deps.requests, reqId);
}
