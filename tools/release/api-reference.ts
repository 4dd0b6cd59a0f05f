import * as z from "zod";
import { EXAMPLE_ID } from "../../domain/api/answer-fields.ts";
import { ANSWERS } from "../../domain/api/answers.ts";
import { API_RATES } from "../../domain/api/rates.ts";
import { ESTIMATE_EXAMPLE } from "../../domain/api/started-answer.ts";
import { WARNING_MESSAGES } from "../../domain/api/warnings.ts";
import * as limits from "../../domain/limits.ts";
import { POP_BASES } from "../../domain/pops/list-pops.ts";
import { REC_BASES } from "../../domain/pops/recs.ts";
import { EVENT_SOURCE, EVENT_TYPE, endedEventSchema } from "../../domain/readiness/ended-event.ts";
import { reasonText } from "../../domain/readiness/reasons.ts";
import { STATUS_MEANINGS, TERMINAL_STATUSES } from "../../domain/request/lifecycle.ts";
import { VERDICTS } from "../../domain/request/readiness-schema.ts";
import { failureReasons } from "../../domain/result/failure.ts";
import { outcomes } from "../../domain/result/outcome.ts";
import { REPORT_COLUMNS, RESULTS_ONLY_COLUMNS } from "../../domain/result/report.ts";
import { MAX_DEPTH, MAX_FIELDS } from "../../domain/validation/parse-body.ts";
import { table } from "../markdown-table.ts";
import { componentSchemas, exampleOf, idOf } from "./openapi.ts";
import { GATEWAY_ERRORS, NO_ID, OPERATIONS, type Operation, UNKNOWN, UNKNOWN_ROUTE } from "./operations.ts";
import { code } from "./part-tables.ts";

/** A JSON schema, as far as the reference reads it. */
const fieldSchema = z.object({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  const: z.union([z.string(), z.boolean()]).optional(),
  enum: z.array(z.union([z.string(), z.number()]).transform(String)).optional(),
  default: z.union([z.string(), z.boolean(), z.number()]).optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  required: z.array(z.string()).optional(),
  examples: z.array(z.unknown()).optional(),
  get items() {
    return fieldSchema.optional();
  },
  get anyOf() {
    return z.array(fieldSchema).optional();
  },
  get properties() {
    return z.record(z.string(), fieldSchema).optional();
  },
});
type Field = z.infer<typeof fieldSchema>;

/** Where a field is described further, by the id of its schema and its name: the name of the link, and where it leads. */
const SEE: Readonly<Record<string, readonly [title: string, target: string]>> = {
  "PrewarmBody.sources": ["Sources", "recipes.md#sources"],
  "PrewarmBody.cf_domain": ["Hosts", "concepts.md#which-distribution-which-host"],
  "PrewarmBody.countries": ["Countries", "concepts.md#countries"],
  "PrewarmBody.regions": ["Regions", "concepts.md#regions"],
  "PrewarmBody.header": ["Headers", "concepts.md#headers"],
  "PrewarmBody.invalidate": ["Invalidation", "recipes.md#invalidation-by-path-and-by-cache-tag"],
  "PrewarmBody.verify": ["Verification", "concepts.md#which-verify"],
  "PrewarmBody.downloads": ["Downloads", "concepts.md#how-many-downloads"],
  "PrewarmBody.scope": ["Scope", "concepts.md#pops-or-regional-edge-caches"],
  "PrewarmBody.origin": ["Origin", "concepts.md#the-origin"],
  "PrewarmBody.variants": ["Variants", "concepts.md#variants"],
  "PrewarmBody.skip_uncached": ["Uncached URLs", "concepts.md#what-is-not-cached"],
  "PrewarmBody.retry_of": ["Retries", "concepts.md#trying-again"],
  "Started.warnings": ["Checks", "concepts.md#what-prewarm-looks-at"],
  "Description.openapi": ["openapi.json", "openapi.json"],
  "SourceProgress.left_out": ["Reasons", "recipes.md#which-urls-are-taken"],
  "Summary.footnote": ["Embedded POPs", "concepts.md#embedded-pops"],
  "Estimate.dollars": ["Prices", "operations.md#what-it-costs"],
};

/** Bounds of a request that no field has by itself. */
const LIMITS = [
  // See TOO_LARGE.
  ["MB of a body", null, 10],
  ["MB of a body after JSON escaping", null, 6],
  ["levels of nesting in a body", null, MAX_DEPTH],
  ["fields in a body", null, MAX_FIELDS],
  ["different URLs, those of `sources` included", 1, limits.MAX_URLS],
  ["characters of a URL", null, limits.MAX_URL_LENGTH],
  ["different hosts of the URLs, without `cf_domain`", null, limits.MAX_HOSTS],
  ["different names in `pops`, `countries` or `regions`", null, limits.MAX_NAMES],
  ["characters of a variant's name", 1, limits.MAX_VARIANT_NAME_LENGTH],
  ["URLs times variants", null, limits.MAX_URLS],
  ["characters of a line of a `header`", null, limits.MAX_HEADER_LENGTH],
  ["bytes of all lines, with those of the variants", null, limits.MAX_HEADER_BYTES],
  ["paths and tags in `invalidate`", 1, limits.MAX_INVALIDATE_ENTRIES],
  ["paths with a wildcard in `invalidate`", null, limits.MAX_WILDCARDS],
  ["characters of all paths and tags in `invalidate`", null, limits.MAX_INVALIDATE_CHARACTERS],
  ["characters of a tag", 1, limits.MAX_TAG_LENGTH],
] as const satisfies readonly (readonly [what: string, least: number | null, most: number])[];

/** A field of a schema, by its path in it. */
interface NamedField {
  readonly name: string;
  readonly field: Field;
  /** Whether it is always there. */
  readonly isRequired: boolean;
  readonly isBody: boolean;
  /** Id of the schema. */
  readonly owner: string;
}

/** A table of codes and what they mean: fields whose values are in it link to it. */
interface CodeTable {
  readonly title: string;
  readonly column: string;
  readonly rows: Readonly<Record<string, string>>;
  /** What follows the table. */
  readonly note?: string;
}

/** Tables of codes. Answers have the whole message of a warning, and what to do. */
const TABLES: readonly CodeTable[] = [
  {
    title: "Statuses",
    column: "status",
    rows: STATUS_MEANINGS,
    note: `${TERMINAL_STATUSES.join(", ")} are final: poll every 5 to 15 seconds until then. FINISHED has its \`verdict\` at once; the others can get it some seconds later.`,
  },
  {
    title: "Verdicts",
    column: "verdict",
    rows: VERDICTS,
    note: "The first that applies: `not_ready`, `not_verified`, `ready_with_exceptions`, `ready`. See [The verdict](concepts.md#the-verdict).",
  },
  {
    title: "Failure reasons",
    column: "code",
    rows: Object.fromEntries(failureReasons.map((reason) => [reason, `${reasonText(reason, "en").title}.`])),
    note: "See [Errors in the report](operations.md#errors-in-the-report).",
  },
  {
    title: "Warnings",
    column: "code",
    rows: Object.fromEntries(
      Object.entries(WARNING_MESSAGES).map(([name, message]) => [
        name,
        firstSentence(message.replace(/, (so|which) [^.]*/, "")),
      ]),
    ),
  },
  { title: "How a code is known", column: "basis", rows: POP_BASES },
  { title: "How a REC is known", column: "rec_basis", rows: REC_BASES },
];

/** All schemas by their ids; the event is none of an answer. */
const COMPONENTS: ReadonlyMap<string, Field> = new Map(
  Object.entries({ ...componentSchemas(), EndedEvent: z.toJSONSchema(endedEventSchema) }).map(([id, schema]) => [
    id,
    fieldSchema.parse(schema),
  ]),
);
const isRoute = (route: string): route is keyof typeof ANSWERS => Object.hasOwn(ANSWERS, route);
const ROUTES = Object.keys(OPERATIONS).filter(isRoute);

/**
 * docs/api.md: the reference of the API. All of it comes from the schemas that check bodies and answers, from the descriptions of the
 * routes, and from the tables of the code.
 * @throws Error for a field without a description
 */
export function apiReference(): string {
  return new Reference().text();
}

class Reference {
  /** Where the fields of each name are described: each field once. */
  readonly #homes = new Map<string, { readonly text: string; readonly link: string }[]>();
  /** Schemas that the text so far links to, in order. */
  readonly #objects = new Set<string>();

  text(): string {
    const routes = ROUTES.map((route) => this.#route(route, OPERATIONS[route]));
    const event = this.#event();
    const parts = [
      "<!-- `npm run gen docs` makes this file from the schemas of the API: change those. -->",
      "# The API",
      "English · [中文](zh/api.md)",
      this.#intro(),
      this.#contents(),
      ...routes,
      "## Objects",
      ...this.#allObjects(),
      ...TABLES.flatMap(({ title, column, rows, note }) => [
        `## ${title}`,
        this.#codeTable(
          column,
          Object.entries(rows).map(([name, meaning]) => ({ name, meaning })),
        ),
        ...(note === undefined ? [] : [note]),
      ]),
      this.#report(),
      this.#limits(),
      this.#errors(),
      event,
    ];
    return `${parts.join("\n\n")}\n`;
  }

  #intro(): string {
    const first = [
      "Each call needs the header `x-api-key`.",
      "Bodies and answers are JSON.",
      "Times are UTC, such as `2024-04-16 03:12:21.046000`.",
      "`$API` is the address of the API with a slash at its end, `$KEY` the key, `$REQ` the ID of a request.",
      "`timestamp` is the time of the answer.",
      "Ignore unknown fields: later releases may add some.",
    ].join(" ");
    const legend = [
      "`?` marks a field that can be absent.",
      "A row begins with type, bounds and default; a field without a type is a string or a whole number.",
      "Bounds of lists count entries, of strings characters.",
    ].join(" ");
    return `${first}\n\n${legend}`;
  }

  #contents(): string {
    const routes = ROUTES.map((route) => [section(route), OPERATIONS[route].summary]);
    const page = ["[GET /console](console.md)", "The console; the only route without a key"];
    const sections = [
      "Objects",
      ...TABLES.map(({ title }) => title),
      "The report",
      "All results",
      "Limits of one request",
      "Errors",
      "Event",
    ];
    return [table(["route", "what it does"], [...routes, page]), `${sections.map(section).join(", ")}.`].join("\n\n");
  }

  #route(route: keyof typeof ANSWERS, operation: Operation): string {
    const { description, parameters = [], body } = operation;
    const answer = ANSWERS[route][200];
    const request =
      body === undefined
        ? []
        : [
            fenced("json", jsonText(Object.values(body.examples)[0]?.value)),
            this.#fields(idOf(body.schema), section(route), true),
          ];
    const query = parameters.flatMap(({ name, required, description: meaning, schema }) => {
      const field = fieldSchema.parse({ ...schema, description: meaning });
      return this.#rows({ name, field, isRequired: required, isBody: true, owner: route });
    });
    return [
      `## ${route}`,
      description,
      fenced("sh", callsOf(route, operation).join("\n")),
      ...request,
      ...(query.length === 0 ? [] : [this.#fieldTable(query)]),
      "**Answer**",
      fenced("json", jsonText(exampleOf(answer))),
      this.#fields(idOf(answer), section(route)),
      this.#errorsOf(operation.errors),
    ]
      .filter((part) => part !== "")
      .join("\n\n");
  }

  /** The fields of a body or an answer. @param link to the section that lists them */
  #fields(id: string, link: string, isBody = false): string {
    const forms = formsOf(id);
    const [first] = forms;
    const owner = first?.id ?? id;
    const names = [...new Set(forms.flatMap(({ properties = {} }) => Object.keys(properties)))];
    const properties = names.map((name) => {
      const field = forms.map((form) => form.properties?.[name]).find((it) => it !== undefined) ?? {};
      return { name, field, isRequired: forms.every(({ required = [] }) => required.includes(name)) };
    });
    const elsewhere = new Map<string, string[]>();
    const rows = properties.flatMap(({ name, field, isRequired }) => {
      const text = JSON.stringify(field);
      const homes = this.#homes.get(name) ?? [];
      if (!isDescribed(field) && homes.length > 1)
        throw new Error(`The field ${name} of ${id} has no description, and others of its name have several`);
      const home = homes.find((it) => it.text === text) ?? (isDescribed(field) ? undefined : homes[0]);
      if (home !== undefined && home.link !== link) {
        if (name === IN_EACH_ANSWER) return [];
        elsewhere.set(home.link, [...(elsewhere.get(home.link) ?? []), code(name)]);
        return [];
      }
      this.#homes.set(name, [...homes, { text, link }]);
      return this.#rows({ name, field, isRequired, isBody, owner });
    });
    const others = [...elsewhere].map(([place, fields]) =>
      fields.length > MOST_NAMED ? `Other fields: see ${place}.` : `${fields.join(", ")}: see ${place}.`,
    );
    return [...(rows.length === 0 ? [] : [this.#fieldTable(rows)]), ...others].join("\n\n");
  }

  #fieldTable(rows: readonly (readonly string[])[]): string {
    return table(["field", "meaning"], rows);
  }

  /** The row of a field, and those of the fields in it. */
  #rows({ name, field, isRequired, isBody, owner }: NamedField): string[][] {
    if (!isDescribed(field)) throw new Error(`The field ${name} of ${owner} has no description`);
    const traits = [
      this.#typeOf(field, isBody),
      ...(field.default === undefined ? [] : [`default ${code(String(field.default))}`]),
    ];
    const see = SEE[`${owner}.${name}`];
    const meaning = [
      `(${traits.filter((trait) => trait !== "").join("; ")})`,
      field.description === undefined ? "" : field.description,
      see === undefined ? "" : `See [${see[0]}](${see[1]}).`,
    ];
    const row = [code(isRequired ? name : `${name}?`), meaning.filter((it) => it !== "" && it !== "()").join(" ")];
    const { field: plain } = withoutNull(field);
    const { properties = {}, required = [] } = plain.items ?? plain;
    const inner = Object.entries(properties);
    // Where none has a description, that of the object says where its fields are described.
    if (!inner.some(([, { description }]) => description !== undefined)) return [row];
    const prefix = `${name}${plain.items === undefined ? "" : "[]"}.`;
    return [
      row,
      ...inner.flatMap(([one, it]) =>
        this.#rows({ name: prefix + one, field: it, isRequired: required.includes(one), isBody, owner }),
      ),
    ];
  }

  /** Null leaves a field of a body out. An example shows what the type is of a field of an answer that has no name here. */
  #typeOf(field: Field, isBody: boolean): string {
    const { field: plain, isNullable } = withoutNull(field);
    const named = plain.enum?.every((value) => field.description?.includes(code(value)));
    const type = named === true ? "" : this.#plainTypeOf(plain);
    if (isBody) return type;
    if (isNullable) return `${type} or null`;
    return type === "string" || type === "integer" ? "" : type;
  }

  #plainTypeOf(field: Field): string {
    const { $ref, items, type, format, pattern } = field;
    if ($ref !== undefined) return this.#object($ref);
    if (field.const !== undefined) return code(JSON.stringify(field.const));
    if (field.enum !== undefined) return this.#choiceOf(field.enum);
    if (items !== undefined) {
      const most = field.maxItems === 0 ? undefined : field.maxItems;
      const least = most === undefined ? undefined : field.minItems;
      if (items.enum !== undefined) return this.#choiceOf(items.enum);
      return [`${this.#plainTypeOf(items)}[]`, ...this.#bounds(least, most)].join(", ");
    }
    if (format === "uri") return "URL";
    if (pattern?.startsWith("^\\d{4}-") === true) return "time";
    if (type === "string") return ["string", ...this.#bounds(undefined, field.maxLength)].join(", ");
    const name = type === "integer" || type === "number" || type === "boolean" ? type : "object";
    const least = field.minimum === 0 && field.maximum === undefined ? undefined : field.minimum;
    return [name, ...this.#bounds(least, field.maximum, field.exclusiveMinimum)].join(", ");
  }

  #bounds(least: number | undefined, most: number | undefined, above?: number): string[] {
    const shown = (bound: number) => bound.toLocaleString("en-US");
    const isReal = least !== undefined && least > Number.MIN_SAFE_INTEGER;
    if (isReal && most !== undefined) return [`${shown(least)}–${shown(most)}`];
    return [
      ...(isReal ? [`≥${shown(least)}`] : []),
      ...(above === undefined ? [] : [`>${shown(above)}`]),
      ...(most === undefined ? [] : [`≤${shown(most)}`]),
    ];
  }

  /** The values of a field, or the table that has them. */
  #choiceOf(values: readonly string[]): string {
    if (values.every((value) => outcomes.some((it) => it === value)) && values.includes("not_kept"))
      return "[outcome](concepts.md#warmth)";
    const home = TABLES.find(({ rows }) => values.length > 1 && values.every((value) => Object.hasOwn(rows, value)));
    if (home === undefined) return values.map(code).join(", ");
    return `[${home.column}](${anchorOf(home.title)})`;
  }

  #object(ref: string): string {
    const id = ref.replace(/^.*\//, "");
    this.#objects.add(id);
    return section(id);
  }

  /** The objects that the routes link to, and those that these link to. */
  #allObjects(): string[] {
    const sections: string[] = [];
    // Objects that an object links to join the end of the set.
    for (const id of this.#objects) {
      const { description = "", examples: [example] = id === "Estimate" ? [ESTIMATE_EXAMPLE] : [] } =
        COMPONENTS.get(id) ?? {};
      sections.push(`### ${id}`, description);
      if (example !== undefined) sections.push(fenced("json", jsonText(example)));
      sections.push(this.#fields(id, section(id), BODIES.includes(id)));
    }
    return sections;
  }

  #codeTable(column: string, rows: readonly { readonly name: string; readonly meaning: string }[]): string {
    return table(
      [column, "meaning"],
      rows.map(({ name, meaning }) => [code(name), meaning]),
    );
  }

  #columns(columns: readonly { readonly name: string; readonly meaning: string }[]): string {
    return this.#codeTable(
      "column",
      columns.map(({ name, meaning }) => ({ name, meaning: meaning })),
    );
  }

  #report(): string {
    return [
      "## The report",
      [
        "A CSV file in UTF-8, with a header row and one row for each failed task, each URL that could not be read, and each POP that did not resolve.",
        "Link: `failure_pop_urls_report` of GET /summary.",
        "It has no column for the reason: read `reason` of all results, or `failures`.",
        "A text that a spreadsheet would take for a formula begins with `'`; `prewarm report --format json` removes it.",
      ].join(" "),
      this.#columns(REPORT_COLUMNS),
      "## All results",
      [
        "A CSV file in one or more gzip streams, which `zcat` reads, with one row for each task.",
        "Link: `results_url` of GET /summary.",
        "It has the columns of the report and these:",
      ].join(" "),
      this.#columns(RESULTS_ONLY_COLUMNS),
    ].join("\n\n");
  }

  #limits(): string {
    return [
      "## Limits of one request",
      table(
        ["what", "least", "most"],
        LIMITS.map(([what, least, most]) => [
          what,
          ...[least, most].map((bound) => bound?.toLocaleString("en-US") ?? ""),
        ]),
      ),
      "The deployment can have lower limits: [GET /settings](#get-settings).",
    ].join("\n\n");
  }

  /** All errors of a route but that which each has. */
  #errorsOf(errors: Operation["errors"]): string {
    const own = Object.entries(errors).filter(([status]) => status !== "500");
    const rows = this.#errorRows(own.map(([status, texts]) => [status, texts.filter((it) => !ID_ERRORS.includes(it))]));
    return rows.length === 0 ? "" : `**${section("Errors")}**\n\n${this.#errorTable(rows)}`;
  }

  #errorTable(rows: string[][]): string {
    return table(["status", "error", "action"], rows);
  }

  #errorRows(errors: readonly (readonly [status: string, texts: Operation["errors"][number]])[]): string[][] {
    return errors.flatMap(([status, texts]) =>
      texts.map(({ text, action }) => [status, code(text.replaceAll("|", "\\|")), action]),
    );
  }

  #errors(): string {
    const start = API_RATES["POST /prewarm"];
    const bodies: readonly (readonly [route: string, id: string])[] = [
      [
        "POST /prewarm: `error_message` has up to 50 errors, separated by `; `; `error_urls` has the invalid URLs.",
        "PrewarmRefusal",
      ],
      ["GET and POST /instances:", "InstancesRefusal"],
      ["Other routes:", "Refusal"],
      ["API Gateway:", "GatewayRefusal"],
    ];
    return [
      "## Errors",
      ...bodies.flatMap(([route, id]) => [route, fenced("json", jsonText(COMPONENTS.get(id)?.examples?.[0]))]),
      [
        "Repeat a call after no answer, 5XX, `Too Many Requests`, and a 409 that says `in a moment`.",
        "Repeat POST /prewarm with the same `client_token`: it makes no second request.",
        "After another error, do first what the tables say.",
      ].join(" "),
      "All routes:",
      this.#errorTable(
        this.#errorRows(Object.entries({ ...GATEWAY_ERRORS, 400: [NO_ID], 404: [UNKNOWN, UNKNOWN_ROUTE] })),
      ),
      `Calls per second: ${API_RATES.key.rate} for a key (${API_RATES.key.burst} at once); of these, POST /prewarm ${start.rate}, GET /summary ${API_RATES["GET /summary"].rate} and GET /requests ${API_RATES["GET /requests"].rate}, each ${start.burst} at once.`,
    ].join("\n\n");
  }

  #event(): string {
    const link = section("Event");
    return [
      "## Event",
      `At the end of each request, Prewarm sends an event to the default EventBridge bus, at least once. Source: \`${EVENT_SOURCE}\`. Detail type: \`${EVENT_TYPE}\`. Rules: [Events](recipes.md#when-a-request-ends). Detail:`,
      fenced("json", jsonText(COMPONENTS.get("EndedEvent")?.examples?.[0])),
      this.#fields("EndedEvent", link),
    ].join("\n\n");
  }
}

/** Of more fields that are described elsewhere, the example has the names. */
const MOST_NAMED = 8;

/** What the introduction says of all answers. */
const IN_EACH_ANSWER = "timestamp";

/** Errors of all routes with a `req_id`. */
const ID_ERRORS: Operation["errors"][number] = [NO_ID, UNKNOWN];

/** Objects of bodies; the others are of answers. */
const BODIES: readonly string[] = ["Source", "Variant", "Invalidate"];

/** A schema, or those of which it is one, each with its id. */
function formsOf(id: string): (Field & { readonly id: string })[] {
  const schema = COMPONENTS.get(id) ?? {};
  if (schema.anyOf === undefined) return [{ ...schema, id }];
  return schema.anyOf.flatMap(({ $ref = "" }) => formsOf($ref.replace(/^.*\//, "")));
}

/** A constant says what it is. */
function isDescribed(field: Field): boolean {
  return field.description !== undefined || field.const !== undefined;
}

function withoutNull(field: Field): { readonly field: Field; readonly isNullable: boolean } {
  const { anyOf, type } = field;
  if (Array.isArray(type)) return { field: { ...field, type: type.find((it) => it !== "null") }, isNullable: true };
  const one = anyOf?.find((it) => it.type !== "null");
  return anyOf === undefined || one === undefined ? { field, isNullable: false } : { field: one, isNullable: true };
}

/** The calls of a route, as a shell runs them. */
function callsOf(route: string, { body, queries = [""] }: Operation): string[] {
  const [method, path = ""] = route.split(" ");
  const url = (query: string) => `"\${API}${path.slice(1)}${query === "" ? "" : `?${query}`}"`;
  if (method === "GET") return queries.map((query) => `curl -H "x-api-key: $KEY" ${url(query)}`);
  if (route === "POST /prewarm") return [`curl -H "x-api-key: $KEY" -d @prewarmlist.json ${url("")}`];
  return Object.values(body?.examples ?? {}).map(({ value }) => {
    const text = JSON.stringify(value).replaceAll(EXAMPLE_ID, `'$REQ'`);
    return `curl -H "x-api-key: $KEY" -d '${text}' ${url("")}`;
  });
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

const LINE_WIDTH = 120;

/** JSON as Biome formats it: what fits a line stands on it, but for the whole. */
function jsonText(value: unknown): string {
  return broken(value, "");
}

function broken(value: unknown, indent: string): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const inner = `${indent}  `;
  const lines = Object.entries(value).map(([name, one]) => {
    const label = isList ? "" : `${JSON.stringify(name)}: `;
    const line = `${inner}${label}${onLine(one)}`;
    return line.length < LINE_WIDTH ? line : `${inner}${label}${broken(one, inner)}`;
  });
  const [open, close] = isList ? "[]" : "{}";
  return `${open}\n${lines.join(",\n")}\n${indent}${close}`;
}

function onLine(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value);
  if (Array.isArray(value)) return `[${value.map(onLine).join(", ")}]`;
  return entries.length === 0
    ? "{}"
    : `{ ${entries.map(([name, one]) => `${JSON.stringify(name)}: ${onLine(one)}`).join(", ")} }`;
}

/** The first sentence of a text, up to a colon. */
function firstSentence(text: string): string {
  return `${text.split(/[.:](?= |$)/, 1)[0]}.`;
}

/** A link to a section of the reference. */
function section(title: string): string {
  return `[${title}](${anchorOf(title)})`;
}

/** The anchor of a heading, as GitHub makes it. */
function anchorOf(heading: string): string {
  const slug = heading.toLowerCase().replaceAll(/[^\p{L}\p{N}_ -]/gu, "");
  return `#${slug.replaceAll(" ", "-")}`;
}
