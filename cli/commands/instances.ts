import { Command } from "commander";
import type { PlaceWords } from "../body/place-words.ts";
import { withJson, withPlace } from "./options.ts";
import type { Run } from "./run.ts";

export function instancesCommand(run: Run): Command {
  return new Command("instances")
    .description("how many instances are wanted; set it")
    .addCommand(showCommand(run), { isDefault: true })
    .addCommand(setCommand(run));
}

function showCommand(run: Run): Command {
  return withPlace(withJson(new Command("show").description("how many are wanted"))).action((words: PlaceWords) =>
    run(async (shell) => (await import("../actions/all.ts")).showInstances(shell, words)),
  );
}

function setCommand(run: Run): Command {
  const command = new Command("set")
    .description("so many for all active requests; 0 pauses them")
    .argument("<n>", "instances")
    .option("-y, --yes", "do not ask");
  return withPlace(withJson(command)).action((n: string, words: PlaceWords & { readonly yes?: boolean }) =>
    run(async (shell) => (await import("../actions/all.ts")).setInstances(shell, n, words)),
  );
}
