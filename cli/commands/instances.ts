import { Command } from "commander";
import type { PlaceWords } from "../body/place-words.ts";
import { withJson, withPlace, YES } from "./options.ts";
import type { Run } from "./run.ts";

export function instancesCommand(run: Run): Command {
  return new Command("instances")
    .description("show or set the desired number of instances")
    .addCommand(showCommand(run), { isDefault: true })
    .addCommand(setCommand(run));
}

function showCommand(run: Run): Command {
  return withPlace(withJson(new Command("show").description("show the desired number of instances"))).action(
    (words: PlaceWords) => run(async (shell) => (await import("../actions/all.ts")).showInstances(shell, words)),
  );
}

function setCommand(run: Run): Command {
  const command = new Command("set")
    .description("desired number for all active requests; 0 pauses them")
    .argument("<n>", "instances")
    .option(...YES);
  return withPlace(withJson(command)).action((n: string, words: PlaceWords & { readonly yes?: boolean }) =>
    run(async (shell) => (await import("../actions/all.ts")).setInstances(shell, n, words)),
  );
}
