import { Command } from "commander";
import type { PlaceWords } from "../actions/place-words.ts";
import { withJson, withPlace } from "./options.ts";
import type { Run } from "./run.ts";

export function doctorCommand(run: Run): Command {
  const command = new Command("doctor")
    .description("look whether a deployment works; in the repository also from inside (npm run doctor)")
    .argument("[words...]", "after --: further words for npm run doctor, such as --edge --url URL");
  return withPlace(withJson(command)).action((more: string[], words: PlaceWords) =>
    run(async (shell) => (await import("../actions/all.ts")).doctor(shell, more, words)),
  );
}
