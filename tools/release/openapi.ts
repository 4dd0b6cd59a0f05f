import { readFileSync } from "node:fs";
import * as z from "zod";
import { ANSWERS, GATEWAY_ANSWERS } from "../../domain/api/answers.ts";
import { ROOT } from "../root.ts";
import { GATEWAY_ERRORS, type JsonSchema, OPERATIONS, type Operation } from "./operations.ts";
import "../../domain/validation/bodies.ts";

/** The description of the API in OpenAPI 3.1, made from the schemas that check what is sent and what is answered. */
function openApi(): JsonSchema {
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
      summary: "Warms a CloudFront distribution at every chosen edge location",
      description:
        "Each call needs the header `x-api-key`. Bodies and answers are JSON. Times are UTC, such as `2024-04-16 03:12:21.046000`. " +
        "Ignore fields that you do not know: later releases may add fields to answers.",
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
      { name: "Requests", description: "Make a request, follow it, read its result" },
      { name: "Instances", description: "Set the number of instances, stop a request" },
      { name: "Deployment", description: "The POPs and limits of the deployment" },
    ],
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        key: {
          type: "apiKey",
          in: "header",
          name: "x-api-key",
          description: "Value of the API key, not its ARN: `aws apigateway get-api-key --include-value`",
        },
      },
    },
  };
}

/** As it is written into docs/ and served. */
export function openApiText(): string {
  return `${JSON.stringify(openApi(), null, 2)}\n`;
}

function describe(route: string, { tag, body, errors, parameters, queries: _, ...words }: Operation): JsonSchema {
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

const STATUS_MEANS: Readonly<Record<number, string>> = {
  400: "A field or parameter is wrong or missing, or the body is not JSON.",
  403: "The key is missing, wrong or read-only, or the resource policy denies the call.",
  404: "There is no such request.",
  429: "A daily limit of the deployment is reached, or there are too many calls.",
  409: "The state of the request does not allow the call.",
  500: "An internal error. The log has it under the ID in the message.",
};

const GATEWAY = GATEWAY_ANSWERS[403];
const GATEWAY_MEANS: Readonly<Record<string, string>> = {
  403: "The key is missing or wrong, or the resource policy denies the call.",
  413: "The body is too large.",
  429: "There are too many calls.",
  "5XX": "The API did not respond within 29 seconds.",
};

const ROUTES: ReadonlyMap<string, Readonly<Record<string, z.ZodType>>> = new Map(Object.entries(ANSWERS));

/** All answers of a route by status. @param errors texts of the errors, by status */
function responsesOf(route: string, errors: Operation["errors"], hasBody: boolean): Record<string, JsonSchema> {
  const own = Object.entries(ROUTES.get(route) ?? {}).map(([status, schema]) => [
    status,
    status === "200"
      ? response(schema.meta()?.description ?? "", refOf(schema), exampleOf(schema))
      : refusal(Number(status), schema, errors[Number(status)]?.[0]?.text ?? ""),
  ]);
  const gateway = Object.entries(GATEWAY_ERRORS)
    .filter(([status]) => hasBody || status !== "413")
    .map(([status, [error]]) => [
      status,
      response(GATEWAY_MEANS[status] ?? "", refOf(GATEWAY), saying(GATEWAY, error?.text ?? "")),
    ]);
  return Object.fromEntries([...gateway, ...own]);
}

function refusal(status: number, schema: z.ZodType, text: string): JsonSchema {
  // API Gateway may say this one, too.
  const body = status === 500 || status in GATEWAY_MEANS ? { anyOf: [refOf(schema), refOf(GATEWAY)] } : refOf(schema);
  return response(STATUS_MEANS[status] ?? "", body, saying(schema, text));
}

/** An error's example with other words. */
function saying(schema: z.ZodType, text: string): object {
  const fields = Object.entries(exampleOf(schema)).map(([name, value]) =>
    name.endsWith("message") ? [name, text] : name === "error_urls" ? [name, urlsIn(text)] : [name, value],
  );
  return Object.fromEntries(fields);
}

function urlsIn(text: string): string[] {
  return [...text.matchAll(/'(\w+:\/\/[^']+)'/g)].flatMap(([, url]) => url ?? []);
}

function response(description: string, schema: JsonSchema, example: object): JsonSchema {
  return { description, content: json(schema, { example }) };
}

/** JSON of a schema, with examples of it. */
export function json(schema: JsonSchema, examples: JsonSchema): JsonSchema {
  return { "application/json": { schema, ...examples } };
}

function refOf(schema: z.ZodType): JsonSchema {
  return { $ref: refTo(idOf(schema)) };
}

// Each registers its schemas under their ids.

/** Every schema with an id, as JSON schemas that name each other by `#/components/schemas/<id>`. */
export function componentSchemas(): Record<string, JsonSchema> {
  const { schemas } = z.toJSONSchema(z.globalRegistry, {
    uri: refTo,
    // What a caller may send. Answers are the same both ways, and may have new fields in a later release.
    io: "input",
    override: ({ zodSchema, jsonSchema }) => {
      // A default is what a transformed field becomes, so zod leaves it out of what may be sent.
      const fallback = z.globalRegistry.get(zodSchema)?.["default"];
      if (fallback !== undefined) jsonSchema.default = z.json().parse(fallback);
      // Every whole number of zod has this bound; it says nothing.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  const entries = Object.entries(schemas).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Where a schema with an id stands in the description. */
function refTo(id: string): string {
  return `#/components/schemas/${id}`;
}

/** The id of a schema. @throws Error for one without */
export function idOf(schema: z.ZodType): string {
  const id = schema.meta()?.id;
  if (id === undefined) throw new Error("A schema of the description has no id");
  return id;
}

/** The first example of a schema. @throws Error for one without */
export function exampleOf(schema: z.ZodType): object {
  return z.tuple([z.looseObject({})], z.unknown()).parse(schema.meta()?.["examples"])[0];
}
