import * as z from "zod";
import { openApi } from "./openapi.ts";
import { ITEMS, type Item } from "./postman-items.ts";
import { inlined, testScript } from "./postman-scripts.ts";
import type { JsonSchema } from "./schemas.ts";

const schemaSchema = z.record(z.string(), z.unknown());
const operationSchema = z.object({
  tags: z.tuple([z.string()]),
  description: z.string(),
  responses: z.record(
    z.string(),
    z.object({ content: z.object({ "application/json": z.object({ schema: schemaSchema }) }) }),
  ),
});
/** What the collection takes from the description. */
const descriptionSchema = z.object({
  info: z.object({ title: z.string(), version: z.string(), description: z.string() }),
  tags: z.array(z.object({ name: z.string(), description: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.object({ schemas: z.record(z.string(), schemaSchema) }),
});
type Description = z.infer<typeof descriptionSchema>;

/** Ids that Postman knows them by when they are imported again. */
const COLLECTION_ID = "5d0f7d0c-6a0b-4f0e-9d3a-7c1d0f6c2b11";
const ENVIRONMENT_ID = "0a9a1c5e-3b52-4e0f-8a53-2f4f2d1f8e42";

/** Values that the calls need. */
const ENVIRONMENT = [
  { key: "endpoint", value: "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod/", type: "default" },
  { key: "key", value: "", type: "secret" },
  { key: "url", value: "https://www.example.com/index.html", type: "default" },
  { key: "cf_domain", value: "www.example.com", type: "default" },
  { key: "pop", value: "SIN2-P1", type: "default" },
];

/** A Postman collection (format 2.1): a folder a tag of the description, and in it {@link ITEMS} in their order. */
export function collectionText(): string {
  const description = descriptionSchema.parse(openApi());
  const { info, tags } = description;
  const folders = tags.map((tag) => ({
    ...tag,
    item: ITEMS.filter((item) => operationOf(description, item).tags[0] === tag.name).map((item) =>
      call(description, item),
    ),
  }));
  const parameters = { key: "x-api-key", value: "{{key}}", in: "header" };
  return text({
    info: {
      _postman_id: COLLECTION_ID,
      name: info.title,
      description: `${info.description}\n\nOf version ${info.version}. Run it from top to bottom, with the environment beside it.`,
      schema: "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
    },
    auth: {
      type: "apikey",
      apikey: Object.entries(parameters).map(([key, value]) => ({ key, value, type: "string" })),
    },
    variable: [{ key: "request_id", value: "" }],
    item: folders,
  });
}

export function environmentText(): string {
  return text({
    id: ENVIRONMENT_ID,
    name: "Prewarm",
    values: ENVIRONMENT.map((value) => ({ ...value, enabled: true })),
    _postman_variable_scope: "environment",
  });
}

function call(description: Description, item: Item): object {
  const { name, route, query = {}, body, withKey = true } = item;
  const [method = "", path = ""] = route.split(" ");
  const pairs = Object.entries(query).map(([key, value]) => ({ key, value }));
  const search = pairs.length === 0 ? "" : `?${pairs.map(({ key, value }) => `${key}=${value}`).join("&")}`;
  return {
    name,
    request: {
      method,
      description: operationOf(description, item).description,
      ...(withKey ? {} : { auth: { type: "noauth" } }),
      header: [],
      // The endpoint ends in a slash.
      url: {
        raw: `{{endpoint}}${path.slice(1)}${search}`,
        host: [`{{endpoint}}${path.slice(1)}`],
        ...(pairs.length === 0 ? {} : { query: pairs }),
      },
      ...(body === undefined ? {} : { body: { mode: "raw", raw: body, options: { raw: { language: "json" } } } }),
    },
    event: [
      {
        listen: "test",
        script: { type: "text/javascript", exec: testScript(answersOf(description, item), item.script) },
      },
    ],
  };
}

function operationOf({ paths }: Description, { name, route }: Item): z.infer<typeof operationSchema> {
  const [method = "", path = ""] = route.split(" ");
  const operation = paths[path]?.[method.toLowerCase()];
  if (operation === undefined) throw new Error(`The call '${name}' is of a route that is not described`);
  return operation;
}

function answersOf(description: Description, item: Item): Record<number, JsonSchema> {
  const { responses } = operationOf(description, item);
  const schemas = item.statuses.map((status) => {
    const answer = responses[status];
    if (answer === undefined) throw new Error(`The call '${item.name}' expects a status that is not described`);
    return [status, inlined(answer.content["application/json"].schema, description.components.schemas)] as const;
  });
  return Object.fromEntries(schemas);
}

function text(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
