import { randomBytes } from "node:crypto";
import type { Finding } from "../../../domain/distribution/findings.ts";
import { knownNames } from "../../../domain/pops/select.ts";
import { checkSettings, type SettingsCheck, type SettingsSource } from "../../../domain/request/settings-check.ts";
import { type Check, cannotTell, checker, fail, type Judgement, ok, once, warn } from "../check/check.ts";
import type { EdgePlace } from "../check/place.ts";
import type { Lookup } from "./lookup.ts";
import { isNamed, judgeReached, judgeResolved, reachPops } from "./reach.ts";
import { askShares, judgeShares, popsToAsk, type Share, tableOf } from "./share.ts";

export interface EdgeDeps {
  readonly url: URL;
  /** Empty: all that the catalogue knows. */
  readonly pops: readonly string[];
  readonly edge: EdgePlace;
  readonly lookup: Lookup;
  /** The account's CloudFront. */
  readonly source: SettingsSource;
  /** First label of the distribution's `*.cloudfront.net` domain. */
  readonly label: () => Promise<string>;
  /** Prints the table. */
  readonly showTable: (text: string) => void;
  /** A value of a query that nobody used before. @default random */
  readonly fresh?: () => string;
}

/** A stand-in for the edge tells as little of CloudFront as an emulator does of an account. */
const check = checker({ phase: "edge", awsOnly: true });

/** What can be warmed from here today, and how the servers of a POP share what they have. */
export function edgeChecks(deps: EdgeDeps): Check[] {
  const { url, edge, lookup, fresh = () => randomBytes(6).toString("hex") } = deps;
  const pops = deps.pops.length === 0 ? knownNames("pop") : deps.pops;
  const resolved = once(async () => lookup(await deps.label(), pops));
  const reached = once(async () => reachPops(url, (await resolved()).pops, edge));
  const shares = once(async () => {
    const named = new Set((await reached()).filter(isNamed).map(({ pop }) => pop));
    const all: Share[] = [];
    for (const one of popsToAsk((await resolved()).pops.filter(({ pop }) => named.has(pop))))
      all.push(...(await askShares(url, one, edge, fresh)));
    return all;
  });
  return [
    check("distribution", "docs/concepts.md#what-prewarm-looks-at", async () => {
      const item = { cf_domain: undefined, pops: [...pops], header: [], variants: undefined, verify: "edge" as const };
      return judgeSettings(await checkSettings(deps.source, { item, urls: [url.href], arePopsNamed: true }));
    }),
    check("POPs in DNS", "docs/operations.md#the-edge", async () => {
      const { from, pops: found } = await resolved();
      return judgeResolved(from, found);
    }),
    check("POPs by name", "docs/operations.md#answered-by-another-pop", async () => judgeReached(await reached())),
    check("servers of a POP", "docs/operations.md#the-edge", async () => {
      const all = await shares();
      const table = tableOf(all);
      if (table !== "") deps.showTable(table);
      return judgeShares(all);
    }),
  ];
}

/** What a request for the URL would be told about its distribution. */
export function judgeSettings({ refusals, warnings, settings }: SettingsCheck): Judgement {
  const findings = [...refusals, ...warnings];
  const says = findings.map(({ problem }) => problem).join("; ");
  const next = [...new Set(findings.map(({ action }) => action))].join(". ");
  if (refusals.length > 0) return fail(says, next);
  if (warnings.length > 0) return warnings.every(isUnread) ? cannotTell(says, next) : warn(says, next);
  return ok(`no problem in the configuration of ${settings.map(({ id }) => id).join(", ")}`);
}

const isUnread = ({ code }: Finding) => code === "not_checked";
