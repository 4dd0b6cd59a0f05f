import { readFileSync } from "node:fs";
import * as z from "zod";
import { ANSWERS, GATEWAY_ANSWERS, type RouteName } from "../../domain/api/answers.ts";
import { NO_KEY, TOO_LARGE } from "../../lib/refusal-texts.ts";
import { ROOT } from "../local/paths.ts";
import { OPERATIONS, type Operation } from "./operations.ts";
import { componentSchemas, exampleOf, idOf, type JsonSchema, refTo } from "./schemas.ts";

const STATUS_MEANS: Readonly<Record<number, string>> = {
  400: "The body is not JSON, or a field or a parameter is wrong or missing.",
  404: "There is no such request.",
  409: "The request is in the wrong status for it.",
  500: "Something failed inside. The log has it under the id that is named.",
};

/** What API Gateway says by itself, before a route or instead of it. */
const GATEWAY_SAYS: Readonly<Partial<Record<keyof typeof GATEWAY_ANSWERS, readonly [meaning: string, text: string]>>> =
  {
    403: ["There is no key, or a wrong one.", NO_KEY],
    413: ["The body is too large.", TOO_LARGE],
    429: ["More calls than the key may make.", "Limit Exceeded"],
    504: ["No answer in 29 seconds.", "Internal error; the log has it under 5b1f9f1e-6f0c-4f55-9d6a-2a3c8e4e8f10"],
  };

/** The description of the API in OpenAPI 3.1, made from the schemas that check what is sent and what is answered. */
export function openApi(): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const [route, operation] of Object.entries(OPERATIONS)) {
    const [method = "", path = ""] = route.split(" ");
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(nameOf(route), operation) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Prewarm",
      version: versionOfPackage(),
      summary: "Warms a CloudFront distribution at every chosen edge location before the crowd arrives",
      description:
        "Every call needs the header `x-api-key`. Bodies are JSON, whatever `Content-Type` says. Times are UTC, such as " +
        "`2024-04-16 03:12:21.046000`. docs/api.md says more.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [
      {
        url: "https://{api}.execute-api.{region}.amazonaws.com/prod",
        description: "The stack's output `prewarmapiEndpoint`",
        variables: { api: { default: "a1b2c3d4e5" }, region: { default: "us-east-1" } },
      },
    ],
    security: [{ key: [] }],
    tags: [
      { name: "Requests", description: "Start a request, follow it, read what came of it" },
      { name: "Instances", description: "What downloads: more, fewer, none; stop a request" },
      { name: "Deployment", description: "What this deployment knows and allows" },
    ],
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        key: {
          type: "apiKey",
          in: "header",
          name: "x-api-key",
          description: "The stack's output `prewarmapikeyoutput`",
        },
      },
    },
  };
}

/** As it is written into docs/ and served. */
export function openApiText(): string {
  return `${JSON.stringify(openApi(), null, 2)}\n`;
}

function nameOf(route: string): RouteName {
  return z.enum(Object.keys(ANSWERS) as [RouteName, ...RouteName[]]).parse(route);
}

function describe(route: RouteName, { tag, body, errors, parameters, ...words }: Operation): JsonSchema {
  return {
    tags: [tag],
    ...words,
    ...(parameters === undefined ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: json(refOf(body.schema), { examples: body.examples }) } }),
    responses: { ...ownAnswers(route, errors), ...gatewayAnswers(body !== undefined) },
  };
}

function ownAnswers(route: RouteName, errors: Operation["errors"]): Record<string, JsonSchema> {
  const answers = Object.entries(ANSWERS[route]).map(([status, schema]) => {
    if (status === "200") return [status, answer(schema.meta()?.description ?? "", schema, exampleOf(schema))] as const;
    const text = errors[Number(status)] ?? "";
    return [status, answer(STATUS_MEANS[Number(status)] ?? "", schema, saying(schema, text))] as const;
  });
  return Object.fromEntries(answers);
}

function gatewayAnswers(hasBody: boolean): Record<string, JsonSchema> {
  const answers = Object.entries(GATEWAY_SAYS)
    .filter(([status]) => hasBody || status !== "413")
    .map(([status, [meaning, text]]) => {
      const schema = GATEWAY_ANSWERS[403];
      return [status, answer(meaning, schema, saying(schema, text))] as const;
    });
  return Object.fromEntries(answers);
}

/** An error's example with other words. */
function saying(schema: z.ZodType, text: string): object {
  const fields = Object.entries(exampleOf(schema)).map(([name, value]) =>
    /message$/.test(name) ? [name, text] : name === "error_urls" ? [name, []] : [name, value],
  );
  return Object.fromEntries(fields);
}

function answer(description: string, schema: z.ZodType, example: object): JsonSchema {
  return { description, content: json(refOf(schema), { example }) };
}

function json(schema: JsonSchema, examples: JsonSchema): JsonSchema {
  return { "application/json": { schema, ...examples } };
}

function refOf(schema: z.ZodType): JsonSchema {
  return { $ref: refTo(idOf(schema)) };
}

function versionOfPackage(): string {
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(`${ROOT}package.json`, "utf8"))).version;
}
