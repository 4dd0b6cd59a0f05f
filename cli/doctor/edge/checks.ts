import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { knownNames } from "../../../domain/pops/select.ts";
import { type Check, checker, ok, once } from "../check/check.ts";
import type { EdgePlace } from "../check/place.ts";
import type { Lookup, ProbedPop } from "./lookup.ts";
import { isNamed, judgeReached, judgeResolved, type Reached, reachPops } from "./reach.ts";
import { askShares, judgeShares, popsToAsk, type Share, tableOf, tierOf } from "./share.ts";

export interface EdgeDeps {
  readonly url: URL;
  /** Empty: all that the catalogue knows. */
  readonly pops: readonly string[];
  readonly edge: EdgePlace;
  readonly lookup: Lookup;
  /** First label of the distribution's `*.cloudfront.net` domain. */
  readonly label: () => Promise<string>;
  readonly region: () => Promise<string>;
  readonly isAws: boolean;
  /** Where the evidence is written. */
  readonly file: string;
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
  const file = async () => {
    const { from, pops: found } = await resolved();
    const evidence = evidenceOf({
      isAws: deps.isAws,
      url,
      region: await deps.region(),
      resolvedFrom: from,
      resolved: found,
      reached: await reached(),
      shares: await shares(),
    });
    await writeFile(deps.file, `${JSON.stringify(evidence, null, 1)}\n`);
    const table = tableOf(evidence.shares);
    if (table !== "") deps.showTable(table);
    return ok(`written to ${deps.file}, without keys, account or query${deps.isAws ? "; please send it back" : ""}`);
  };
  return [
    check("POPs in the DNS", "docs/doctor.md#the-edge", async () => {
      const { from, pops: found } = await resolved();
      return judgeResolved(from, found);
    }),
    check("POPs by name", "docs/troubleshooting.md#answered-by-another-pop", async () => judgeReached(await reached())),
    check("servers of a POP", "docs/doctor.md#the-edge", async () => judgeShares(await shares())),
    { ...check("evidence", "docs/doctor.md#sending-the-evidence-back", file), awsOnly: false },
  ];
}

interface Observed {
  readonly isAws: boolean;
  readonly url: URL;
  /** Where names were looked up. */
  readonly resolvedFrom: string;
  readonly region: string;
  readonly resolved: readonly ProbedPop[];
  readonly reached: readonly Reached[];
  readonly shares: readonly Share[];
}

/**
 * What was observed of the edge, to be sent around: no key, no account, no query of the URL (a signed one would let others in)
 * and no header but those that tell of the edge. Addresses are CloudFront's, which everybody may look up.
 */
function evidenceOf({ url, resolvedFrom, region, isAws, resolved, reached, shares }: Observed) {
  return {
    format: "prewarm-edge/1",
    at: new Date().toISOString(),
    edge: isAws ? "CloudFront" : "a stand-in",
    url: `${url.protocol}//${url.host}${url.pathname}`,
    resolvedFrom,
    askedFrom: "the operator's machine",
    region,
    pops: resolved.map(({ pop, addresses, error }) => {
      const { answered, error: unreached } = reached.find((it) => it.pop === pop) ?? {};
      return {
        pop,
        addresses,
        ...(error === undefined ? {} : { error }),
        ...(unreached === undefined ? {} : { unreached }),
        ...(answered === undefined ? {} : { answered: answerOf(answered) }),
      };
    }),
    shares,
  };
}

function answerOf({ status, pop, xCache, serverTiming, age, firstByteMs }: NonNullable<Reached["answered"]>) {
  return { status, pop, xCache, tier: tierOf(serverTiming), age, firstByteMs };
}
