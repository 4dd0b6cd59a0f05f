import * as z from "zod";
import {
  BODY_TIME_MS,
  BYTES_PER_FURTHER_SECOND,
  CONNECT_TIMEOUT_MS,
  HEADERS_TIMEOUT_MS,
  MIN_BYTES_PER_SECOND,
  STALLED_BODY_TIMEOUT_MS,
} from "../../agent/fetch/http/timeouts.ts";
import { MAX_TENANT_LOOKUPS } from "../../aws/distribution-tenants.ts";
import type { Language } from "../../domain/format.ts";
import * as limits from "../../domain/limits.ts";
import { REFUSED_HEADERS } from "../../domain/net/headers.ts";
import { REGION_DEFAULTS } from "../../domain/pops/regions.ts";
import { MAX_INVALIDATION_PATH, MAX_PATHS_IN_PROGRESS } from "../../domain/request/invalidation.ts";
import { ACTIVE_STATES, ENDED_STATES, EVENTS, type State, type Transition } from "../../domain/request/lifecycle.ts";
import { MAX_DOCUMENTS } from "../../domain/sources/limits.ts";
import { SIZE_TIME_SHARE } from "../../probe/size/measure-urls.ts";
import { table } from "../markdown-table.ts";
import { PARAMETERS_IN_CHINESE } from "./parameter-chinese.ts";
import { type StackName, stackTemplates } from "./stack-template.ts";

/** Bounds of what an agent downloads, and of what a request waits for, that no parameter changes. */
export function boundsTable(): string {
  const lasts = (ms: number) => `${(ms / 1_000).toLocaleString("en-US")} s`;
  const kib = (bytes: number) => `${(bytes / 1_024).toLocaleString("en-US")} KiB`;
  return table(
    ["what", "bound"],
    [
      ["size of an object, as in CloudFront's cache", `${limits.MAX_OBJECT_BYTES / 2 ** 30} GiB`],
      ["opening a connection", lasts(CONNECT_TIMEOUT_MS)],
      ["first byte of a response, unless `firstByteSeconds` is set", lasts(HEADERS_TIMEOUT_MS)],
      ["headers of a response", kib(limits.MAX_ANSWER_HEAD_BYTES)],
      ["time without a byte of the body", lasts(STALLED_BODY_TIMEOUT_MS)],
      ["rate of the body in each minute", `at least ${kib(MIN_BYTES_PER_SECOND)} per second`],
      ["time of the body", `${lasts(BODY_TIME_MS)}, and one second for each ${kib(BYTES_PER_FURTHER_SECOND)} received`],
      ["wait before a task is retried", lasts(limits.MAX_DEFERRAL_SECONDS * 1_000)],
      ["measuring sizes", `${SIZE_TIME_SHARE * 100}% of the request's time, and one run of a function`],
      ["paths and tags that Prewarm invalidates at once", MAX_PATHS_IN_PROGRESS.toLocaleString("en-US")],
      ["characters of an invalidated path", MAX_INVALIDATION_PATH.toLocaleString("en-US")],
      ["documents of the sources of a request", MAX_DOCUMENTS.toLocaleString("en-US")],
      ["names that a request looks up to find tenants", MAX_TENANT_LOOKUPS.toLocaleString("en-US")],
    ],
  );
}

export function regionsTable(heads: readonly string[]): string {
  return table(
    heads,
    Object.entries(REGION_DEFAULTS).map(([region, pops]) => [code(region), pops.join(", ")]),
  );
}

export function refusedTable(heads: readonly string[], say: (because: string) => string): string {
  return table(
    heads,
    REFUSED_HEADERS.map(({ names, because }) => [names.map(code).join(", "), say(because)]),
  );
}

export function meaningsTable(heads: readonly string[], words: Readonly<Record<string, string>>): string {
  return table(
    heads,
    Object.entries(words).map(([word, meaning]) => [code(word), meaning]),
  );
}

export function code(text: string): string {
  return `\`${text}\``;
}

const events: [string, Transition][] = Object.entries(EVENTS);

/** The lifecycle of a request, as docs/architecture.md shows it: a Mermaid diagram, and a table of the events. */
export function lifecyclePart(): string {
  return `\`\`\`mermaid\n${lifecycleDiagram()}\n\`\`\`\n\n${eventsTable()}`;
}

/** The states and events as a Mermaid state diagram. Events that are possible in all active states leave their group. */
function lifecycleDiagram(): string {
  const arrow = (from: string, to: string, event: string) => `${from} --> ${to}: ${event}`;
  const edges = events.flatMap(([event, { from, to }]) => {
    if (from.length === 0) return [arrow("[*]", to ?? "", event)];
    if (from === ACTIVE_STATES) return [arrow("active", to ?? "", event)];
    if (from === ENDED_STATES) return from.map((state) => arrow(state, "[*]", event));
    return from.map((state) => arrow(state, to ?? state, event));
  });
  const lines = ["stateDiagram-v2", "  state active {", ...ACTIVE_STATES.map((state) => `    ${state}`), "  }"];
  return [...lines, ...edges.map((edge) => `  ${edge}`)].join("\n");
}

function eventsTable(): string {
  const rows = events.map(([event, { from, to, by, follows }]) => [
    event,
    names(from),
    to ?? "the same",
    by.join(", "),
    follows,
  ]);
  return table(["event", "in", "next", "caused by", "what follows"], rows);
}

function names(states: readonly State[]): string {
  if (states === ACTIVE_STATES) return "all active states";
  if (states === ENDED_STATES) return "all other states";
  return states.length === 0 ? "none" : states.join(", ");
}

/** What CloudFormation's console shows of parameters. */
const metadataSchema = z.object({
  "AWS::CloudFormation::Interface": z.object({
    ParameterGroups: z.array(z.object({ Label: z.object({ default: z.string() }), Parameters: z.array(z.string()) })),
    ParameterLabels: z.record(z.string(), z.object({ default: z.string() })),
  }),
});

const parameterSchema = z.looseObject({
  Type: z.string(),
  Default: z.union([z.string(), z.number()]).optional(),
  Description: z.string(),
});

/** The words of the tables of parameters. Groups and labels stay in English, as the console shows them. */
const WORDS = {
  en: {
    heads: ["parameter", "label", "default", "meaning"],
    only: { PrewarmStack: " (new VPC)", PrewarmExistingVpcStack: " (existing VPC)" },
    required: "none, required",
    empty: "empty",
  },
  zh: {
    heads: ["参数", "控制台中的名称", "默认值", "含义"],
    only: { PrewarmStack: "（新 VPC）", PrewarmExistingVpcStack: "（现有 VPC）" },
    required: "无，必填",
    empty: "空",
  },
} as const satisfies Record<
  Language,
  { heads: readonly string[]; only: Record<StackName, string>; required: string; empty: string }
>;

/** A table of all parameters for each group, as the CloudFormation console groups them. */
export function parameterTables(language: Language): string {
  const { heads, only } = WORDS[language];
  const templates = Object.entries(stackTemplates()) as [StackName, ReturnType<typeof stackTemplates>[StackName]][];
  const unknown = Object.keys(PARAMETERS_IN_CHINESE).filter((name) =>
    templates.every(([, { Parameters }]) => Parameters[name] === undefined),
  );
  if (unknown.length > 0)
    throw new Error(`tools/release/parameter-chinese.ts describes no parameter: ${unknown.join(", ")}`);
  const groups = new Map<string, string[][]>();
  for (const [stack, { Metadata, Parameters }] of templates) {
    const { ParameterGroups, ParameterLabels } = metadataSchema.parse(Metadata)["AWS::CloudFormation::Interface"];
    for (const { Label, Parameters: names } of ParameterGroups) {
      const rows = groups.get(Label.default) ?? [];
      groups.set(Label.default, rows);
      for (const name of names) {
        const { Default, Description } = parameterSchema.parse(Parameters[name]);
        const isInBoth = templates.every(([, other]) => other.Parameters[name] !== undefined);
        if (isInBoth && stack !== "PrewarmStack") continue;
        const label = ParameterLabels[name]?.default ?? "";
        rows.push([
          `${code(name)}${isInBoth ? "" : only[stack]}`,
          label,
          defaultOf(Default, language),
          (language === "en" ? Description.replace(/(?<!\.)$/, ".") : inChinese(name))
            .replaceAll("*", "\\*")
            .replaceAll("<", "&lt;"),
        ]);
      }
    }
  }
  return [...groups].map(([label, rows]) => `**${label}**\n\n${table(heads, rows)}`).join("\n\n");
}

/** @throws Error for a parameter without a Chinese description */
function inChinese(parameter: string): string {
  const text = PARAMETERS_IN_CHINESE[parameter];
  if (text === undefined) throw new Error(`tools/release/parameter-chinese.ts has no description of ${parameter}`);
  return text;
}

function defaultOf(value: string | number | undefined, language: Language): string {
  const { required, empty } = WORDS[language];
  if (value === undefined) return required;
  if (value === "") return empty;
  return code(typeof value === "number" ? String(value) : value.replaceAll(",", ", "));
}
