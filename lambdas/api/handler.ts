import type { Logger } from "@aws-lambda-powertools/logger";
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { errorFields } from "../../domain/telemetry/log-fields.ts";
import { errorBody } from "./error-body.ts";
import { RefusedError } from "./refused-error.ts";
import { type RoutesDeps, routes } from "./routes.ts";
import { timestamp } from "./timestamp.ts";

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
