import { Command } from "commander";
import type { NewRequestWords } from "../actions/prepare.ts";
import { withJson, withPlace, withSettings, withTargets, withUrls } from "./options.ts";
import type { Run } from "./run.ts";

export function estimateCommand(run: Run): Command {
  const command = new Command("estimate").description(
    "estimate the tasks, bytes, time and cost of a request; creates nothing",
  );
  withSettings(withTargets(withUrls(command)));
  return withPlace(withJson(command)).action((urls: string[], words: NewRequestWords) =>
    run(async (shell) => (await import("../actions/all.ts")).estimate(shell, urls, words)),
  );
}
