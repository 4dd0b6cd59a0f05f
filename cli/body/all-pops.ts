import * as z from "zod";
import type { Api } from "../api/client.ts";
import { CommandError } from "../command-error.ts";
import type { Body } from "./body.ts";

const names = z
  .array(z.string())
  .nullish()
  .transform((all) => all ?? []);
const targetsSchema = z.object({
  target_type: z.enum(["pop", "country", "region"]).nullish(),
  pops: names,
  countries: names,
  regions: names,
});

/**
 * The fields of a body that select all known POPs: of the regions or countries that it names, else everywhere but in China, whose POPs are
 * of another service. Codes that only documentation names, or that do not
 * resolve any more, are left out. What the API refuses is left to it.
 * @throws CommandError for a body that names POPs
 */
export async function allPops(client: Pick<Api, "pops">, body: Body): Promise<Body> {
  const targets = targetsSchema.safeParse(body).data;
  if (targets === undefined) return {};
  const { target_type: type, pops, ...places } = targets;
  if (pops.length > 0)
    throw new CommandError("--all-pops cannot be combined with named POPs", "Remove --pop, or `pops` in the file.");
  if (type == null && places.countries.length > 0 && places.regions.length > 0) return {};
  const countries = (type ?? "country") === "country" ? places.countries : [];
  const regions = (type ?? "region") === "region" ? places.regions : [];
  const filters = [...countries.map((country) => ({ country })), ...regions.map((region) => ({ region }))];
  const answers = await Promise.all((filters.length === 0 ? [{}] : filters).map((filter) => client.pops(filter)));
  const wanted = answers
    .flatMap(({ value }) => value.pops)
    .filter(({ basis, resolves }) => resolves ?? basis !== "example")
    .filter(({ regions: its }) => filters.length > 0 || !its.includes("cn"));
  if (wanted.length === 0)
    throw new CommandError(
      `no POP is known in ${[...countries, ...regions].join(", ")}`,
      (command) => `\`${command("pops")}\` lists all POPs, with their regions and countries.`,
    );
  return {
    target_type: "pop",
    pops: [...new Set(wanted.map(({ code }) => code))],
    // The API warns of a list that does not count.
    countries: countries.length > 0 ? undefined : body["countries"],
    regions: regions.length > 0 ? undefined : body["regions"],
  };
}
