import { Command } from "commander";
import type { PopsWords } from "../actions/pops.ts";
import { list, withJson, withPlace } from "./options.ts";
import type { Run } from "./run.ts";

export function popsCommand(run: Run): Command {
  const command = new Command("pops")
    .description("list the POPs that Prewarm knows")
    .argument("[text]", "only those with this in code, city, country or REC")
    .option("--country <name>", "of a country, such as japan or JP")
    .addOption(list("--region <name>", "in a region, such as eu; the POPs of its default set are marked"))
    .option("--rec <name>", "under a REC, such as Singapore")
    .option("--defaults", "only those of default sets; with --region, of that one");
  return withPlace(withJson(command)).action((text: string | undefined, words: PopsWords) =>
    run(async (shell) => (await import("../actions/all.ts")).pops(shell, text, words)),
  );
}
