import type { APIGatewayProxyEvent } from "aws-lambda";
import { parseBody } from "./body.ts";
import type { ApiDeps } from "./deps.ts";
import { RefusedError } from "./errors.ts";
import { changeInstances, readInstances } from "./instances.ts";
import { instancesBodySchema } from "./instances-request.ts";
import { checkPrewarmRequest, checkUrlsAlone, prewarmBodySchema } from "./prewarm-request.ts";
import { describeProgress } from "./progress.ts";
import { startRequest } from "./start-request.ts";
import { summarize } from "./summary.ts";
import { timestamp } from "./timestamp.ts";

/** Answers one call with the body of a 200. @throws RefusedError for any other status */
export type Route = (deps: ApiDeps, event: APIGatewayProxyEvent) => Promise<Record<string, unknown>>;

export const routes: Readonly<Record<string, Route>> = {
  "POST /prewarm": async (deps, event) => {
    const request = checkPrewarmRequest(
      parseBody(prewarmBodySchema, event.body, event.isBase64Encoded, checkUrlsAlone),
    );
    const item = await startRequest(deps, deps.newId(), request, deps.now());
    deps.logger.info("Request created", { req_id: item.req_id, urls: item.url_count, pops: item.pops.length });
    return {
      status: "Success",
      error_message: "",
      error_urls: [],
      request_id: item.req_id,
      timestamp: item.created_at,
      timeout_at: item.timeout_at,
    };
  },

  "GET /prewarm": async (deps, event) => {
    const item = await requestOf(deps, event);
    return describeProgress(item, await deps.queue.depth(), timestamp(deps));
  },

  "GET /summary": async (deps, event) => summarize(deps, await requestOf(deps, event)),

  "POST /instances": (deps, event) =>
    changeInstances(deps, parseBody(instancesBodySchema, event.body, event.isBase64Encoded)),

  "GET /instances": (deps) => readInstances(deps),
};

async function requestOf(deps: ApiDeps, event: APIGatewayProxyEvent) {
  const reqId = event.queryStringParameters?.["req_id"];
  if (reqId === undefined || reqId === "") throw new RefusedError(400, "req_id: is required in the query string");
  // DynamoDB would refuse so long a key.
  const item = reqId.length > 200 ? undefined : await deps.requests.get(reqId);
  if (item === undefined) throw new RefusedError(404, `req_id: there is no request '${reqId.slice(0, 100)}'`);
  return item;
}
