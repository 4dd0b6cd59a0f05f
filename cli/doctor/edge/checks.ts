import type { Finding } from "../../../domain/distribution/findings.ts";
import { knownNames } from "../../../domain/pops/select.ts";
import { checkSettings, type SettingsCheck, type SettingsSource } from "../../../domain/request/settings-check.ts";
import { type Check, cannotTell, checker, fail, type Judgement, ok, once, warn } from "../check/check.ts";
import type { EdgePlace } from "../check/place.ts";
import type { Lookup } from "./lookup.ts";
import { judgeReached, judgeResolved, reachPops } from "./reach.ts";

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
}

/** A stand-in for the edge tells as little of CloudFront as an emulator does of an account. */
const check = checker({ phase: "edge", awsOnly: true });

/** Checks whether POPs can be warmed from here: the distribution, the names of the POPs, and their responses. */
export function edgeChecks(deps: EdgeDeps): Check[] {
  const { url, edge, lookup } = deps;
  const pops = deps.pops.length === 0 ? knownNames("pop") : deps.pops;
  const resolved = once(async () => lookup(await deps.label(), pops));
  return [
    check("distribution", "docs/concepts.md#what-prewarm-looks-at", async () => {
      const item = { cf_domain: undefined, pops: [...pops], header: [], variants: undefined, verify: "edge" as const };
      return judgeSettings(
        await checkSettings(deps.source, { item, urls: [url.href], arePopsNamed: true, isStarting: false }),
      );
    }),
    check("POPs in DNS", "docs/operations.md#the-edge", async () => {
      const { from, pops: found } = await resolved();
      return judgeResolved(from, found);
    }),
    check("POPs by name", "docs/operations.md#answered-by-another-pop", async () =>
      judgeReached(await reachPops(url, (await resolved()).pops, edge)),
    ),
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
