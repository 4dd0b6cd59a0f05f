import { Argument, Command } from "commander";
import { SHELLS, type ShellName } from "../completion/shells.ts";
import { wordsOf } from "../completion/words.ts";
import { EXIT } from "../exit-codes.ts";
import { say } from "../shell.ts";
import type { Run } from "./run.ts";

export function completionCommand(run: Run, root: () => Command): Command {
  return new Command("completion")
    .description("print a script for shell completion")
    .addArgument(new Argument("<shell>", "shell of the script").choices(["bash", "zsh", "fish"]))
    .addHelpText("after", HOW)
    .action((name: ShellName) =>
      run(async (shell) => {
        say(shell, SHELLS[name](wordsOf(root())));
        return EXIT.good;
      }),
    );
}

const HOW = `
To use it:
  bash  source <(prewarm completion bash)          in ~/.bashrc
  zsh   source <(prewarm completion zsh)           in ~/.zshrc, after compinit
  fish  prewarm completion fish > ~/.config/fish/completions/prewarm.fish`;
