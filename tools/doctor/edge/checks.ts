import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { knownNames } from "../../../domain/pops/select.ts";
import type { Check } from "../check.ts";
import { type Judgement, ok } from "../judgement.ts";
import { once } from "../once.ts";
import type { EdgePlace } from "./ask.ts";
import { evidenceOf } from "./evidence.ts";
import { judgeReached } from "./judge-reached.ts";
import { judgeResolved } from "./judge-resolved.ts";
import { judgeShares } from "./judge-shares.ts";
import type { Lookup } from "./lookup.ts";
import { isNamed, reachPops } from "./reach.ts";
import { lookInto, popsToLookInto, type Share } from "./share.ts";
import { tableOf } from "./table.ts";

export interface EdgeDeps {
  readonly url: URL;
  /** Empty: all that the catalogue knows. */
  readonly pops: readonly string[];
  readonly place: EdgePlace;
  readonly lookup: Lookup;
  /** First label of the distribution's `*.cloudfront.net` domain. */
  readonly label: () => Promise<string>;
  readonly region: () => Promise<string>;
  readonly isAws: boolean;
  /** Where the evidence is written. */
  readonly file: string;
  /** Prints the table. */
  readonly show: (text: string) => void;
  /** A value of a query that nobody used before. @default random */
  readonly fresh?: () => string;
}

/** What can be warmed from here today, and how the servers of a POP share what they have. */
export function edgeChecks(deps: EdgeDeps): Check[] {
  const { url, place, lookup, fresh = () => randomBytes(6).toString("hex") } = deps;
  const pops = deps.pops.length === 0 ? knownNames("pop") : deps.pops;
  const resolved = once(async () => lookup(await deps.label(), pops));
  const reached = once(async () => reachPops(url, (await resolved()).pops, place));
  const shares = once(async () => {
    const named = new Set((await reached()).filter(isNamed).map(({ pop }) => pop));
    const all: Share[] = [];
    for (const one of popsToLookInto((await resolved()).pops.filter(({ pop }) => named.has(pop))))
      all.push(...(await lookInto(url, one, place, fresh)));
    return all;
  });
  const file = async () => {
    const { from, pops: found } = await resolved();
    const seen = { at: new Date(), url, region: await deps.region(), isAws: deps.isAws };
    const facts = { resolvedFrom: from, resolved: found, reached: await reached(), shares: await shares() };
    await writeFile(deps.file, `${JSON.stringify(evidenceOf({ ...seen, ...facts }), null, 1)}\n`);
    const table = tableOf(facts.shares);
    if (table !== "") deps.show(table);
    return ok(`written to ${deps.file}, without keys, account or query${deps.isAws ? "; please send it back" : ""}`);
  };
  return [
    check("POPs in the DNS", "docs/doctor.md#the-edge", async () => {
      const { from, pops: found } = await resolved();
      return judgeResolved(from, found);
    }),
    check("POPs by name", "docs/troubleshooting.md#answered-by-another-pop", async () => judgeReached(await reached())),
    check("servers of a POP", "docs/doctor.md#the-edge", async () => judgeShares(await shares())),
    { ...check("evidence", "docs/doctor.md#sending-the-evidence-back", file), ofTheAccount: false },
  ];
}

/** A stand-in for the edge tells as little of CloudFront as an emulator does of an account. */
function check(name: string, docs: string, run: () => Promise<Judgement>): Check {
  return { phase: "edge", name, docs, ofTheAccount: true, run };
}
