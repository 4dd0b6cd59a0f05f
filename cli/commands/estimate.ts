import { Command } from "commander";
import type { PlaceWords } from "../body/place-words.ts";
import type { FileWords } from "../body/read-body.ts";
import { withJson, withPlace, withSettings, withTargets, withUrls } from "./options.ts";
import type { Run } from "./run.ts";

export function estimateCommand(run: Run): Command {
  const command = new Command("estimate")
    .description("tell what a request would come to: tasks, bytes, time, dollars; makes nothing")
    .argument("[urls...]", "absolute URLs; a *sitemap*.xml, .m3u8 or .mpd is read for the URLs that it names");
  withSettings(withTargets(withUrls(command)));
  return withPlace(withJson(command)).action((urls: string[], words: PlaceWords & FileWords) =>
    run(async (shell) => (await import("../actions/all.ts")).estimate(shell, urls, words)),
  );
}
