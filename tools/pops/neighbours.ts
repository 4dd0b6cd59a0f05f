/** How far from a known number others are asked for. A gap of one is common, a wider one is not. */
const NEAR = 2;
const MOST = 99;

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
  const [, site, facility, kind, number] = /^([A-Z]{3})(\d+)-([CPE])(\d+)$/.exec(pop) ?? [];
  if (site === undefined || kind === undefined) return [];
  const kinds = kind === "E" ? ["E"] : ["C", "P"];
  const beside = around(Number(number)).map((n) => `${site}${facility}-${kind}${n}`);
  const first = [...around(Number(facility)), Number(facility)].flatMap((f) => kinds.map((k) => `${site}${f}-${k}1`));
  return [...new Set([...beside, ...first])].filter((code) => code !== pop);
}

function around(n: number): number[] {
  const near = Array.from({ length: 2 * NEAR + 1 }, (_, i) => n - NEAR + i);
  return near.filter((it) => it !== n && it >= 1 && it <= MOST);
}
