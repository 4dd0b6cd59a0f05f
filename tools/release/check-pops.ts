import pMap from "p-map";
import { byCode, POP_CODE, type PopCode } from "../../domain/pops/pop-codes.ts";
import { COUNTRY_DEFAULTS, REGION_DEFAULTS } from "../../domain/pops/regions.ts";
import { checkResolver, type Look, UselessDnsError } from "../../probe/pop-lookup.ts";

/** Names that wait for an answer at the same time. */
const AT_ONCE = 64;

export interface Checked {
  readonly asked: number;
  readonly dead: readonly PopCode[];
  /** Codes that resolve and are not known, by code. */
  readonly found: readonly string[];
  readonly unclear: readonly { readonly pop: string; readonly why: string }[];
}

/**
 * Looks up every known code and its neighbours in number, the neighbours of what is found so, and the likeliest codes of
 * sites without one.
 * @param onRound told how many names are asked for next
 * @throws UselessDnsError when every name resolves, or none
 */
export async function checkPops(
  known: readonly PopCode[],
  sitesWithout: readonly string[],
  look: Look,
  onRound: (names: number) => void = () => undefined,
): Promise<Checked> {
  await checkResolver(look);
  const unclear = new Map<string, string>();
  const asked = new Set<string>();
  /** Those that resolve. */
  const round = async (pops: readonly string[]) => {
    const names = [...new Set(pops)].filter((pop) => !asked.has(pop));
    for (const pop of names) asked.add(pop);
    onRound(names.length);
    const verdicts = await pMap(names, async (pop) => ({ pop, verdict: await look(pop) }), { concurrency: AT_ONCE });
    for (const { pop, verdict } of verdicts) if (typeof verdict === "object") unclear.set(pop, verdict.unclear);
    return verdicts.filter(({ verdict }) => verdict === "alive").map(({ pop }) => pop);
  };
  const codes = known.map(({ pop }) => pop);
  const alive = new Set(await round(codes));
  if (alive.size === 0) throw new UselessDnsError("No known code resolves: is the label that of a distribution?");
  const found: string[] = [];
  let next = [...codes.flatMap(neighboursOf), ...sitesWithout.flatMap(firstCodesOf)];
  while (next.some((pop) => !asked.has(pop))) {
    const fresh = await round(next);
    found.push(...fresh);
    next = fresh.flatMap(neighboursOf);
  }
  return {
    asked: asked.size,
    dead: known.filter(({ pop }) => !alive.has(pop) && !unclear.has(pop)),
    found: found.sort(byCode),
    unclear: [...unclear].map(([pop, why]) => ({ pop, why })),
  };
}

/** How far from a known number others are asked for. A gap of one is common, a wider one is not. */
const NEAR = 2;
const MAX_NUMBER = 99;
const MAX_FACILITY = 999;

/** Where the sites of the catalogue begin, as far as they were not among the first. */
const FIRST = ["50-C1", "50-P1", "51-C1", "51-P1", "52-P1"];

/** Codes that a site without any known code may have. */
export function firstCodesOf(site: string): string[] {
  return FIRST.map((code) => `${site}${code}`);
}

/**
 * Codes that may stand beside one: the numbers around it, the first ones of the other kind there, and the first ones of
 * the facilities around it. China's kind (E) stands alone.
 */
export function neighboursOf(pop: string): string[] {
  const [, site, facility, kind, number] = POP_CODE.test(pop) ? (/^(...)(\d+)-(.)(\d+)$/.exec(pop) ?? []) : [];
  if (site === undefined || kind === undefined) return [];
  const kinds = kind === "E" ? ["E"] : ["C", "P"];
  const beside = around(Number(number), MAX_NUMBER).map((n) => `${site}${facility}-${kind}${n}`);
  const first = [...around(Number(facility), MAX_FACILITY), Number(facility)].flatMap((f) =>
    kinds.map((k) => `${site}${f}-${k}1`),
  );
  return [...new Set([...beside, ...first])].filter((code) => code !== pop);
}

function around(n: number, max: number): number[] {
  const near = Array.from({ length: 2 * NEAR + 1 }, (_, i) => n - NEAR + i);
  return near.filter((it) => it !== n && it >= 1 && it <= max);
}

/** What was found, as people read it, and as lines that stand in the catalogue or are to. @param known how many were asked for */
export function findingsOf({ asked, dead, found, unclear }: Checked, known: number): string[] {
  const sum = `${asked} names asked for: of ${known} known codes ${dead.length} dead, ${found.length} new, ${unclear.length} names unclear`;
  return [
    sum,
    ...part("Dead. Take these lines out of domain/pops/pop-codes.ts:", dead.map(deadLine)),
    ...part("New. Put these lines into `listed` of domain/pops/pop-codes.ts, in order:", found.map(lineOf)),
    ...part(
      "Unclear: the DNS did not say. Ask again.",
      unclear.map(({ pop, why }) => `  ${pop} ${why}`),
    ),
  ];
}

function part(head: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", head, ...lines];
}

function lineOf(pop: string): string {
  return `    "${pop}",`;
}

/** A code in a default set is missed there too. */
function deadLine({ pop: dead, basis }: PopCode): string {
  const sets = Object.entries({ ...REGION_DEFAULTS, ...COUNTRY_DEFAULTS });
  const names = sets.filter(([, pops]) => pops.some((pop) => pop === dead)).map(([name]) => name);
  const others = names.length === 0 ? "" : `; also in regions.ts: ${names.join(", ")}`;
  return `${lineOf(dead)} // ${basis}${others}`;
}
