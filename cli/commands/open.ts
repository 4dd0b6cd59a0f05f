import { Command } from "commander";
import type { PlaceWords } from "../actions/place-words.ts";
import { withPlace } from "./options.ts";
import type { Run } from "./run.ts";

export function openCommand(run: Run): Command {
  const command = new Command("open")
    .description("open the console in the browser")
    .option("--print", "only print its address");
  return withPlace(command).action((words: PlaceWords & { readonly print?: boolean }) =>
    run(async (shell) => (await import("../actions/open.ts")).open(shell, words)),
  );
}
