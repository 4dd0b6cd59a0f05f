import { readFileSync } from "node:fs";
import * as z from "zod";
import { ROOT } from "../local/paths.ts";
import { OPERATIONS, type Operation } from "./operations.ts";
import { json, refOf, responsesOf } from "./responses.ts";
import { componentSchemas, type JsonSchema } from "./schemas.ts";

/** The description of the API in OpenAPI 3.1, made from the schemas that check what is sent and what is answered. */
export function openApi(): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const [route, operation] of Object.entries(OPERATIONS)) {
    const [method = "", path = ""] = route.split(" ");
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(route, operation) };
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

function describe(route: string, { tag, body, errors, parameters, ...words }: Operation): JsonSchema {
  return {
    tags: [tag],
    ...words,
    ...(parameters === undefined ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: json(refOf(body.schema), { examples: body.examples }) } }),
    responses: responsesOf(route, errors, body !== undefined),
  };
}

function versionOfPackage(): string {
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(`${ROOT}package.json`, "utf8"))).version;
}
