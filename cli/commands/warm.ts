import { Command } from "commander";
import type { WarmWords } from "../actions/warm.ts";
import { withDirect, withJson, withPlace, withSettings, withTargets, withUrls, withWait } from "./options.ts";
import type { Run } from "./run.ts";

export function warmCommand(run: Run): Command {
  const command = withSettings(
    withTargets(withUrls(new Command("warm").description("warm URLs at POPs, and wait for the end"))),
  )
    .optionsGroup("Then:")
    .option("--dry-run", "show an estimate and start nothing");
  return withDirect(withPlace(withJson(withWait(command))))
    .addHelpText("after", EXAMPLES)
    .action((urls: string[], words: WarmWords) =>
      run(async (shell) => (await import("../actions/all.ts")).warm(shell, urls, words)),
    );
}

const EXAMPLES = `
Examples:
  prewarm warm https://www.example.com/sitemap.xml --region eu
  prewarm warm https://www.example.com/index.html --pop SIN2-C1,ATL56-C1
  prewarm warm --file urls.txt --country japan --instances 4 --timeout 2h
  prewarm warm --sitemap https://www.example.com/pages.xml
  prewarm warm --from request.json --dry-run`;
