import type { PopList } from "../../client/answers.ts";
import { type PlaceWords, placeAndRegions } from "../body/place-words.ts";
import { CommandError } from "../command-error.ts";
import { connect } from "../direct/connect.ts";
import { EXIT } from "../exit-codes.ts";
import { many } from "../output/figures.ts";
import { lookOf } from "../output/look.ts";
import { table } from "../output/table.ts";
import { mention, type Shell, say, sayJson } from "../shell.ts";

export interface PopsWords extends PlaceWords {
  readonly country?: string;
  readonly rec?: string;
  readonly defaults?: boolean;
}

type Pop = PopList["pops"][number];

/** The catalogue, or what of it is asked for. */
export async function pops(shell: Shell, text: string | undefined, words: PopsWords): Promise<number> {
  const { place, regions } = placeAndRegions(words);
  const [region, another] = regions;
  if (another !== undefined) throw new CommandError("pops takes one --region of POPs", "List one after the other.");
  const client = await connect(shell, place);
  const { value } = await client.pops({ country: words.country, region });
  const found = value.pops.filter((pop) => isWantedPop(pop, text, words, region));
  if (words.json === true) {
    sayJson(shell, { ...value, count: found.length, pops: found });
    return EXIT.good;
  }
  if (found.length === 0)
    throw new CommandError(
      text === undefined ? "no POP matches these options" : `no POP matches '${text}'`,
      "It is looked for in code, city, country and REC. All of them: prewarm pops",
    );
  for (const line of table(COLUMNS, found.map(rowOf), lookOf(shell))) say(shell, line);
  if (shell.stdout.isTTY === true) mention(shell, many(found.length, "POP"));
  return EXIT.good;
}

/** @param text in the code, the city, the country or the REC; upper and lower case do not matter */
function isWantedPop(pop: Pop, text: string | undefined, { rec, defaults }: PopsWords, region: string | undefined) {
  const has = (part: string, whole: string | null) => (whole ?? "").toLowerCase().includes(part.toLowerCase());
  if (rec !== undefined && !has(rec, pop.rec)) return false;
  if (defaults === true && (region === undefined ? pop.default_of.length === 0 : !pop.default_of.includes(region)))
    return false;
  return text === undefined || [pop.code, pop.city, pop.country, pop.rec].some((it) => has(text, it));
}

const COLUMNS = [
  ...[{ head: "POP" }, { head: "CITY" }, { head: "COUNTRY" }, { head: "REC" }],
  ...[{ head: "DEFAULT OF", gives: true }, { head: "RESOLVED HERE" }],
];

function rowOf({ code, city, country, rec, default_of, last_resolved_at }: Pop): string[] {
  return [code, city ?? "", country ?? "", rec ?? "", default_of.join(" "), last_resolved_at?.slice(0, 16) ?? ""];
}
