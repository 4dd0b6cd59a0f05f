import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { formatTimestamp } from "../../contracts/timestamps.ts";
import type { ApiDeps } from "./deps.ts";
import { errorBody } from "./error-body.ts";
import { RefusedError } from "./errors.ts";
import { routes } from "./routes.ts";

/** One function behind all routes: finds the route, maps what it throws to an HTTP answer in that route's shape. */
export function createHandler(deps: ApiDeps) {
  return async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
    const name = `${event.httpMethod} ${event.resource}`;
    const timestamp = () => formatTimestamp(deps.now());
    try {
      const route = routes[name];
      if (route === undefined) throw new RefusedError(404, `There is no ${name}; there are ${Object.keys(routes).join(", ")}`);
      // The route's own timestamp, if it has one, is the one that counts.
      return answer(200, { timestamp: timestamp(), ...(await route(deps, event)) });
    } catch (error) {
      if (error instanceof RefusedError) {
        return answer(error.statusCode, { timestamp: timestamp(), ...errorBody(name, error.message, error.errorUrls) });
      }
      const id = event.requestContext.requestId;
      deps.logger.error("A call failed", { route: name, api_request_id: id, error });
      const message = `Internal error; the log has it under ${id}`;
      return answer(500, { timestamp: timestamp(), ...errorBody(name, message, []) });
    }
  };
}

function answer(statusCode: number, body: Record<string, unknown>): APIGatewayProxyResult {
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
