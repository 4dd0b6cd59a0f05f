import type * as z from "zod";
import { EXAMPLE_ID } from "../../domain/api/answer-fields.ts";
import type { RouteName } from "../../domain/api/answers.ts";
import { instancesBodySchema } from "../../domain/validation/bodies.ts";
import { startBodySchema } from "./bodies.ts";
import { type BodyExamples, INSTANCES_EXAMPLES, PREWARM_EXAMPLES } from "./body-examples.ts";
import { CATALOGUE_PARAMETERS, DETAIL, LIST_PARAMETERS, type Parameter, POP, requestId } from "./parameters.ts";

/** What the schemas do not say of a route. */
export interface Operation {
  readonly operationId: string;
  readonly tag: "Requests" | "Instances" | "Deployment";
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly Parameter[];
  readonly body?: { readonly schema: z.ZodType; readonly examples: BodyExamples };
  /** What the route says with each of its errors, as an example. */
  readonly errors: Readonly<Record<number, string>>;
}

const INTERNAL = "Internal error; the log has it under 5b1f9f1e-6f0c-4f55-9d6a-2a3c8e4e8f10";
const NO_ID = "req_id: is required in the query string";
const UNKNOWN = `req_id: there is no request '${EXAMPLE_ID}'`;

/** In the order of the description. */
export const OPERATIONS: Readonly<Record<RouteName, Operation>> = {
  "POST /prewarm": {
    operationId: "startRequest",
    tag: "Requests",
    summary: "Starts a request",
    description:
      "Makes a request: a set of URLs, to be warmed at a set of POPs. All of the body is checked first; where anything is wrong, " +
      "nothing is made, and all faults are told.",
    body: { schema: startBodySchema, examples: PREWARM_EXAMPLES },
    errors: {
      400: "url_list: 'ftp://x/y' has the scheme ftp; absolute http:// or https:// URLs are needed",
      404: `retry_of: there is no request '${EXAMPLE_ID}'`,
      409: `client_token: stands for another body, that of the request ${EXAMPLE_ID}`,
      500: INTERNAL,
    },
  },
  "GET /prewarm": {
    operationId: "getProgress",
    tag: "Requests",
    summary: "Tells the progress of a request",
    description: "Where a request stands: its tasks, bytes, outcomes, rate and the time left.",
    parameters: [requestId(EXAMPLE_ID), DETAIL, POP],
    errors: {
      400: NO_ID,
      404: UNKNOWN,
      409: "The request is IN_PROGRESS; the URLs of a POP can be read once it has ended",
      500: INTERNAL,
    },
  },
  "GET /summary": {
    operationId: "getSummary",
    tag: "Requests",
    summary: "Tells what failed, once a request has ended",
    description:
      "What came of a request that has ended, with a link to the report of its failed tasks. Before its end, and while the report " +
      "is still being written, a 409.",
    parameters: [requestId(EXAMPLE_ID)],
    errors: {
      400: NO_ID,
      404: UNKNOWN,
      409: "The request is IN_PROGRESS; its summary can be read once it has ended",
      500: INTERNAL,
    },
  },
  "GET /requests": {
    operationId: "listRequests",
    tag: "Requests",
    summary: "Lists all requests, the newest first",
    description: "The requests of the last 30 days, a page at a time.",
    parameters: LIST_PARAMETERS,
    errors: { 400: "limit: '0' must be a whole number from 1 to 100", 500: INTERNAL },
  },
  "POST /instances": {
    operationId: "setInstances",
    tag: "Instances",
    summary: "Sets the number of instances; stops a request",
    description:
      "All requests share the instances. 0 pauses them. With `force_stop`, the request becomes STOPPED, its queued tasks are " +
      "dropped, and the group goes to `DesiredCapacity`, or to what the other requests need.",
    body: { schema: instancesBodySchema, examples: INSTANCES_EXAMPLES },
    errors: {
      400: "DesiredCapacity: is required: a whole number from 0 to 300",
      404: UNKNOWN,
      409: "req_id: the request is FINISHED already and cannot be stopped",
      500: INTERNAL,
    },
  },
  "GET /instances": {
    operationId: "getInstances",
    tag: "Instances",
    summary: "Tells the number of instances",
    description: "How many instances are wanted. Spot may not have delivered them yet.",
    errors: { 500: INTERNAL },
  },
  "GET /pops": {
    operationId: "listPops",
    tag: "Deployment",
    summary: "Lists the POPs that Prewarm knows",
    description:
      "The catalogue. AWS publishes neither the codes nor which REC serves which POP: each row says how it is known.",
    parameters: CATALOGUE_PARAMETERS,
    errors: { 400: "country: unknown 'atlantis'; known: argentina, australia, austria", 500: INTERNAL },
  },
  "GET /settings": {
    operationId: "getSettings",
    tag: "Deployment",
    summary: "Tells what this deployment is and allows",
    description: "Region, version and caps of the deployment, and which of the stack's parameters sets each.",
    errors: { 500: INTERNAL },
  },
  "GET /openapi.json": {
    operationId: "getDescription",
    tag: "Deployment",
    summary: "Tells this description",
    description: "The description of all routes in OpenAPI 3.1, of the release that is deployed.",
    errors: { 500: INTERNAL },
  },
};
