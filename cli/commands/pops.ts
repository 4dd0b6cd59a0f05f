import { Command } from "commander";
import type { PopsWords } from "../actions/pops.ts";
import { dnsOption, list, withJson, withPlace } from "./options.ts";
import type { Run } from "./run.ts";

export function popsCommand(run: Run): Command {
  const command = new Command("pops")
    .description("list the POPs that Prewarm knows")
    .argument("[text]", "only POPs whose code, city, country or REC contains this text")
    .option("--country <name>", "only POPs in a country, such as japan or JP")
    .addOption(list("--region <name>", "only POPs in a region, such as eu; its default set is marked"))
    .option("--rec <name>", "only POPs under a regional edge cache (REC), such as Singapore")
    .option("--defaults", "only POPs of the default set; with --region, of that region's default set")
    .optionsGroup("Discovery (asks the DNS; the other filters select the sites):")
    .option("--discover", "find out which POPs exist now; direct runs use the list for a week")
    .option("--label <label>", "first label of your distribution's domain, such as d111111abcdef8")
    .option("--save <place>", "also write the list to a file, or to s3://BUCKET of a stack")
    .addOption(dnsOption());
  return withPlace(withJson(command)).action((text: string | undefined, words: PopsWords) =>
    run(async (shell) => (await import("../actions/all.ts")).pops(shell, text, words)),
  );
}
