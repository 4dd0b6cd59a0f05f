import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import type { AnswerOf, RouteName } from "../../domain/api/answers.ts";
import { progressAnswer } from "../../domain/api/request-view.ts";
import { errorFields } from "../../domain/log-fields.ts";
import { bodyDigest } from "../../domain/request/client-token.ts";
import { formatTimestamp } from "../../domain/timestamps.ts";
import { API_HEADERS, ApiError, READ_ONLY_KEY } from "../../domain/validation/api-error.ts";
import { instancesBodySchema } from "../../domain/validation/bodies.ts";
import { checkBody, parseJson } from "../../domain/validation/parse-body.ts";
import { checkPrewarmRequest } from "../../domain/validation/prewarm-request.ts";
import { describePops, describeSettings, readLivePops, selectsByPlace } from "./deployment.ts";
import type { ApiDeps } from "./deps.ts";
import { readFailures, readPopRows, readSent } from "./details.ts";
import { dryRun } from "./dry-run.ts";
import { changeInstances, readInstances } from "./instances.ts";
import { detailsOf, findRequest, skippedUrlsThatFit, urlSizeFilter } from "./query.ts";
import { describeNow, listRequests } from "./requests.ts";
import { onceForToken, retriedRequest, startRequest } from "./start-request.ts";
import { summarize } from "./summary.ts";

/**
 * One function behind all routes. Logs who made each call: API Gateway's access log would need a role for the whole account and Region, which other
 * APIs share. Calls that API Gateway refuses itself are not logged.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
export function createHandler(deps: ApiDeps) {
  return async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
    const answered = await respond(deps, event);
    const { requestId, identity } = event.requestContext;
    deps.logger.info("API call", {
      method: event.httpMethod,
      path: event.path,
      status: answered.statusCode,
      key_id: keyIdOf(event),
      source_address: identity.sourceIp,
      api_request_id: requestId,
    });
    return answered;
  };
}

/** Finds the route, maps what it throws to an HTTP answer in that route's shape. */
async function respond(deps: ApiDeps, event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  const name = `${event.httpMethod} ${event.resource}`;
  try {
    const route = routes[name];
    if (route === undefined)
      throw new ApiError(404, `Unknown route ${name}; use one of ${Object.keys(routes).join(", ")}`);
    // Usage plans cannot: their limits of methods are targets, not guarantees.
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
    if (event.httpMethod !== "GET" && keyIdOf(event) === deps.readKeyId) throw new ApiError(403, READ_ONLY_KEY);
    return answer(200, await route(deps, event));
  } catch (error) {
    const id = event.requestContext.requestId;
    const isExpected = error instanceof ApiError;
    if (!isExpected)
      deps.logger.error("API call failed", { route: name, api_request_id: id, error: errorFields(error) });
    const failure = isExpected ? error : new ApiError(500, `Internal error; the log has it under ${id}`);
    return answer(failure.statusCode, errorBody(name, failure, formatTimestamp(deps.now())));
  }
}

/** ID of the call's API key. Undefined: API Gateway names none. */
function keyIdOf({ requestContext }: APIGatewayProxyEvent): string | undefined {
  return requestContext.identity.apiKeyId ?? undefined;
}

function answer(statusCode: number, body: Record<string, unknown>): APIGatewayProxyResult {
  const headers = { "content-type": "application/json", ...API_HEADERS };
  return { statusCode, headers, body: JSON.stringify(body) };
}

/** Answers one call with the body of a 200. @throws ApiError for any other status */
export type Route<Body = Record<string, unknown>> = (deps: ApiDeps, event: APIGatewayProxyEvent) => Promise<Body>;

/** One function a route that is described. */
const ALL: { readonly [Name in RouteName]: Route<AnswerOf<Name>> } = {
  "POST /prewarm": async (deps, event) => {
    const json = parseJson(event.body, event.isBase64Encoded);
    const retried = await retriedRequest(deps, json);
    const { caps, sourceBuckets } = deps;
    const live = selectsByPlace(json) ? await readLivePops(deps) : undefined;
    const made = { reqId: deps.newId(), keyId: keyIdOf(event), now: deps.now() };
    const rules = { ...made, caps, sourceBuckets, retried, live };
    const { body, ...request } = checkPrewarmRequest(json, rules);
    const { client_token: token, timeout } = body;
    if (body.dry_run === true) {
      const ignored = token === undefined ? [] : ["client_token: ignored, because a dry run creates no request"];
      return dryRun(deps, body, { ...request, warnings: [...request.warnings, ...ignored] }, retried);
    }
    const start = () => startRequest(deps, request, { retried, timeout, isRepeatable: token !== undefined });
    const claim = () => ({ req_id: rules.reqId, digest: bodyDigest(body), at: deps.now() });
    const started = token === undefined ? await start() : await onceForToken(deps, token, claim(), start);
    const { item, warnings, skippedUrls } = started;
    return {
      status: "Success",
      error_message: "",
      error_urls: [],
      request_id: item.req_id,
      timestamp: item.created_at,
      timeout_at: item.timeout_at,
      pop_selection: request.popSelection && { ...request.popSelection, selected: item.pops.length },
      warnings: warnings.length === 0 ? undefined : [...warnings],
      skipped_urls: skippedUrlsThatFit(skippedUrls),
    };
  },

  "GET /prewarm": async (deps, event) => {
    const details = detailsOf(event.queryStringParameters?.["detail"]);
    const item = await requestOf(deps, event);
    const described = await describeNow(deps, item);
    return progressAnswer(described, {
      pops: details.has("pops") ? await readPopRows(deps, item) : undefined,
      failures: details.has("failures") ? await readFailures(deps, item) : undefined,
      sent: details.has("sent") ? await readSent(deps, item) : undefined,
    });
  },

  "GET /summary": async (deps, event) => summarize(deps, await requestOf(deps, event)),

  "POST /instances": async (deps, event) =>
    changeInstances(deps, checkBody(instancesBodySchema, parseJson(event.body, event.isBase64Encoded))),

  "GET /instances": (deps) => readInstances(deps),

  "GET /requests": (deps, event) => listRequests(deps, event.queryStringParameters),

  "GET /settings": async (deps) => describeSettings(deps),

  "GET /pops": (deps, event) => describePops(deps, event.queryStringParameters),

  // The description that `npm run gen docs` writes. Its paths are relative to its own address.
  "GET /openapi.json": async () => {
    const { default: description } = await import("../../docs/openapi.json", { with: { type: "json" } });
    return { ...description, servers: [{ url: "." }] };
  },
};

/** By method and resource, as API Gateway names them. */
export const routes: Readonly<Record<string, Route>> = ALL;

async function requestOf(deps: ApiDeps, { queryStringParameters: query }: APIGatewayProxyEvent) {
  const reqId = query?.["req_id"] ?? "";
  if (reqId === "") throw new ApiError(400, "req_id: is required in the query string");
  return findRequest(deps, reqId);
}

/** A failure in the shape of the route's own answer. */
export function errorBody(route: string, { message, errorUrls }: ApiError, timestamp: string): Record<string, unknown> {
  if (route.endsWith("/instances")) return { status: "failure", timestamp, message };
  if (route !== "POST /prewarm") return { status: "Failed", error_message: message, timestamp };
  const fitting = errorUrls.filter(urlSizeFilter());
  const more =
    fitting.length === errorUrls.length
      ? ""
      : `; error_urls lists the first ${fitting.length} of ${errorUrls.length} invalid URLs, because a response is limited in size`;
  return {
    status: "Failed",
    error_message: message + more,
    error_urls: fitting,
    request_id: "",
    timestamp,
    timeout_at: "",
  };
}
