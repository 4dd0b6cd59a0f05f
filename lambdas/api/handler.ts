import type { Logger } from "@aws-lambda-powertools/logger";
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import type { ProgressReader } from "../../aws/progress-table.ts";
import type { RequestReader } from "../../aws/request-table.ts";
import type { AnswerOf, RouteName } from "../../domain/api/answers.ts";
import { askedFor, countOf, describeProgress, sentenceOf } from "../../domain/api/progress-view.ts";
import { namesPops } from "../../domain/api/warnings.ts";
import { errorFields } from "../../domain/log-fields.ts";
import type { Caps } from "../../domain/request/caps.ts";
import { bodyDigest } from "../../domain/request/client-token.ts";
import type { Patience } from "../../domain/request/lifecycle.ts";
import { isCounted, NO_PROGRESS } from "../../domain/request/progress.ts";
import type { SourceBuckets } from "../../domain/sources/buckets.ts";
import { instancesBodySchema, prewarmBodySchema } from "../../domain/validation/bodies.ts";
import { checkUrlsAlone } from "../../domain/validation/check-urls.ts";
import { checkBody, jsonOf, parseBody } from "../../domain/validation/parse-body.ts";
import { checkPrewarmRequest } from "../../domain/validation/prewarm-request.ts";
import { RefusedError } from "../../domain/validation/refused-error.ts";
import { type CheckHostsDeps, checkAllowed, checkHosts } from "./check-hosts.ts";
import { describePops, describeSettings, type PopsDeps, type SettingsDeps } from "./deployment.ts";
import {
  type FailuresDeps,
  failuresOf,
  type PopRowsDeps,
  type PopUrlsDeps,
  popRows,
  popUrls,
  type SamplesDeps,
  samplesFor,
} from "./details.ts";
import { type DryRunDeps, dryRun, ignoredInDryRun } from "./dry-run.ts";
import { changeInstances, type InstancesDeps, readInstances } from "./instances.ts";
import { detailsOf, findRequest, timestamp } from "./query.ts";
import { listRequests, type RequestsDeps, recordReportedPercentage } from "./requests.ts";
import { filledFrom, type RetriedRequestDeps, retriedRequest, retryLinks } from "./retried-request.ts";
import { type OnceForTokenDeps, onceForToken, type StartRequestDeps, startRequest } from "./start-request.ts";
import { type SummaryDeps, summarize } from "./summary.ts";

export interface ApiDeps extends RoutesDeps {
  readonly logger: RoutesDeps["logger"] & Pick<Logger, "error">;
}

/** One function behind all routes: finds the route, maps what it throws to an HTTP answer in that route's shape. */
export function createHandler(deps: ApiDeps) {
  return async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
    const name = `${event.httpMethod} ${event.resource}`;
    try {
      const route = routes[name];
      if (route === undefined)
        throw new RefusedError(404, `There is no ${name}; there are ${Object.keys(routes).join(", ")}`);
      return answer(200, await route(deps, event));
    } catch (error) {
      if (error instanceof RefusedError) {
        return answer(error.statusCode, errorBody(name, error.message, error.errorUrls, timestamp(deps)));
      }
      const id = event.requestContext.requestId;
      deps.logger.error("A call failed", { route: name, api_request_id: id, error: errorFields(error) });
      const message = `Internal error; the log has it under ${id}`;
      return answer(500, errorBody(name, message, [], timestamp(deps)));
    }
  };
}

function answer(statusCode: number, body: Record<string, unknown>): APIGatewayProxyResult {
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

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

/**
 * Body of GET /openapi.json: the description that `npm run docs` has written. Its paths begin where it is read itself. It is loaded
 * with the first call that asks for it.
 */
export async function describeApi(): Promise<AnswerOf<"GET /openapi.json">> {
  const { default: description } = await import("../../docs/openapi.json", { with: { type: "json" } });
  return { ...description, servers: [{ url: "." }] };
}

/**
 * Lambda's answers end at 6 MB, and a body is a string in the JSON of one: what counts is how long a URL is there, with
 * all that is escaped twice.
 */
const MAX_URL_BYTES = 5_000_000;

/** A failure in the shape of the route's own answer. */
export function errorBody(
  route: string,
  message: string,
  errorUrls: readonly string[],
  timestamp: string,
): Record<string, unknown> {
  if (route.endsWith("/instances")) return { status: "failure", timestamp, message };
  if (route === "POST /prewarm") {
    const told = fitting(errorUrls);
    const more =
      told.length === errorUrls.length
        ? ""
        : `; error_urls has ${told.length} of the ${errorUrls.length} bad URLs, for an answer has no room for more`;
    return {
      status: "Failed",
      error_message: message + more,
      error_urls: told,
      request_id: "",
      timestamp,
      timeout_at: "",
    };
  }
  return { status: "Failed", error_message: message, timestamp };
}

function fitting(urls: readonly string[]): readonly string[] {
  let bytes = 0;
  const end = urls.findIndex((url) => {
    bytes += Buffer.byteLength(JSON.stringify(JSON.stringify(url)));
    return bytes > MAX_URL_BYTES;
  });
  return end === -1 ? urls : urls.slice(0, end);
}
