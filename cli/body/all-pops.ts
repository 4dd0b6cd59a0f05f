import * as z from "zod";
import type { Api } from "../api/client.ts";
import { CommandError } from "../command-error.ts";
import type { Body } from "./body.ts";

const named = z.object({
  pops: z.array(z.string()).catch([]),
  countries: z.array(z.string()).catch([]),
  regions: z.array(z.string()).catch([]),
});

/**
 * The fields of a body that select all known POPs: of the regions or countries that it names, else everywhere but in China, whose POPs are
 * of another service. Codes that only documentation names are left out.
 * @throws CommandError for a body that names POPs
 */
export async function allPops(client: Pick<Api, "pops">, body: Body): Promise<Body> {
  const { pops, countries, regions } = named.parse(body);
  if (pops.length > 0)
    throw new CommandError("--all-pops cannot be combined with named POPs", "Leave out --pop, or `pops` of the file.");
  const filters = [...countries.map((country) => ({ country })), ...regions.map((region) => ({ region }))];
  const answers = await Promise.all((filters.length === 0 ? [{}] : filters).map((filter) => client.pops(filter)));
  const wanted = answers
    .flatMap(({ value }) => value.pops)
    .filter(({ basis, regions: its }) => basis !== "example" && (filters.length > 0 || !its.includes("cn")));
  if (wanted.length === 0)
    throw new CommandError(
      `no POP is known in ${[...countries, ...regions].join(", ")}`,
      "`prewarm pops` lists all POPs, with their regions and countries.",
    );
  return {
    target_type: "pop",
    pops: [...new Set(wanted.map(({ code }) => code))],
    countries: undefined,
    regions: undefined,
  };
}
