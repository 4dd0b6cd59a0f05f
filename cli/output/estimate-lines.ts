import type { Estimate, Estimated, Prices } from "../../client/answers.ts";
import type { Estimate as DescribedEstimate } from "../../domain/cost/estimate.ts";
import { popSelectionText } from "../../domain/readiness/sentence.ts";
import { cleanLine } from "./clean.ts";
import { bytes, count, dollars, many } from "./figures.ts";
import type { Look } from "./look.ts";
import { table } from "./table.ts";
import { wrapped } from "./wrapped.ts";

/** Cells of a fact's name. */
const NAME = 19;

const LINES: Readonly<Record<string, string>> = {
  ec2_spot: "Instances (Spot)",
  public_ipv4: "Public IPv4",
  cloudfront_bytes: "CloudFront, bytes",
  cloudfront_requests: "CloudFront, requests",
  invalidation_paths: "Invalidation",
  pipeline: "Lambda, queues, tables",
} satisfies Record<DescribedEstimate["dollars"]["lines"][number]["line"], string>;

/** What a request would come to: how much, how long, what it costs and why. */
export function estimateLines({ estimate, pop_selection: selection }: Estimated, look: Look): string[] {
  const { urls, variants, tasks, pops, lower_bound: isLeast, instances, dollars: cost } = estimate;
  const forms = variants > 1 ? ` × ${many(variants, "variant")}` : "";
  const facts: readonly Fact[] = [
    [
      "Tasks",
      `${isLeast ? "at least " : ""}${count(tasks)}: ${many(urls, "URL")}${forms} × ${many(pops.count, "POP")}`,
    ],
    ...(selection === undefined ? [] : [["POPs", popSelectionText(selection, Date.now())] as const]),
    ["Bytes", bytesOf(estimate)],
    ...priceFacts(estimate.prices),
    ...originFacts(estimate.origin_fetches),
    ["Time", timeOf(instances)],
    ["Estimated cost", `${look.paint("bold", dollars(cost.total))}, prices of ${cost.prices_as_of}`],
  ];
  const lines = cost.lines.map((it) => [`  ${LINES[it.line] ?? it.line}`, dollars(it.dollars), it.of]);
  return [
    ...factLines(facts, look),
    ...table([{ head: "" }, { head: "", align: "right" }, { head: "", gives: true }], lines, look).slice(1),
    ...(cost.not_included.length > 0 ? wrapped(`Not included: ${cost.not_included.join("; ")}`, look.width) : []),
    "Nothing was created. To start it, run `warm` with the same options, without --dry-run.",
  ];
}

type Fact = readonly [name: string, value: string];

export function factLines(facts: readonly Fact[], { width }: Look): string[] {
  return facts.flatMap(([name, value]) => {
    const [first = "", ...more] = wrapped(value, width, " ".repeat(NAME));
    return [name.padEnd(NAME) + first.slice(NAME), ...more];
  });
}

function bytesOf({ bytes: { estimate, sampled } }: Estimate): string {
  return estimate === null ? "unknown" : `about ${bytes(estimate)}, from ${many(sampled, "size")}`;
}

/** Prices of a request as asked and of its cheaper forms, with the bytes that each transfers. */
export function priceFacts(prices: Prices | undefined): readonly Fact[] {
  if (prices === undefined) return [];
  const forms = [
    ["Price", prices.as_asked],
    ["  --downloads 1", prices.downloads_1],
    ["  --scope regional", prices.regional],
  ] as const;
  return forms.map(([name, { dollars: cost, requests, bytes: transferred }]) => [
    name,
    `${aboutDollars(cost)}: ${transferred === null ? "unknown bytes" : bytes(transferred)} transferred, ${many(requests, "request")}`,
  ]);
}

/** `about $217`, `less than $0.01` */
export function aboutDollars(cost: number): string {
  return cost < 0.01 ? "less than $0.01" : `about ${dollars(cost)}`;
}

/** Requests to the origin, and URLs that no cache keeps. */
export function originFacts(fetched: Estimate["origin_fetches"]): readonly Fact[] {
  const { expected, size_questions, origin_shield: shields, uncached } = fetched;
  const by = shields.length === 0 ? "" : ` (Origin Shield in ${shields.join(", ")})`;
  const facts: Fact[] = [
    ["From the origin", `about ${many(expected, "download")}${by}, ${many(size_questions, "size probe")}`],
  ];
  if (uncached.urls > 0) {
    const what = `${many(uncached.urls, "URL")}, ${many(uncached.fetches, "request")} to the origin`;
    facts.push(["Not cached", `${what}: ${uncached.examples.map(cleanLine).join(" ")}. --skip-uncached skips them.`]);
  }
  return facts;
}

function timeOf({ count: instances, type, minutes_to_finish: minutes, binds }: Estimate["instances"]): string {
  const by = `${many(instances, "instance")} (${type})`;
  return minutes === null
    ? `does not end with ${by}`
    : `about ${Math.max(1, Math.ceil(minutes))} min with ${by}; limited by ${binds}`;
}
