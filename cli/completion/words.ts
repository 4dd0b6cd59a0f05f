import type { Command, Option } from "commander";

export interface OptionWords {
  readonly long: string;
  readonly short: string | undefined;
  readonly says: string;
  /** Whether a word follows it, and which there are; none: any. */
  readonly takes: "nothing" | "file" | "word";
  readonly choices: readonly string[];
}

export interface CommandWords {
  readonly name: string;
  readonly says: string;
  readonly options: readonly OptionWords[];
  /** Words that stand for an argument: choices, or subcommands. */
  readonly words: readonly string[];
}

const FILES = ["--file", "--from", "--output"];

/** What can be written after `prewarm`, as the program itself defines it. */
export function wordsOf(root: Command): CommandWords[] {
  return root.commands.map((command) => {
    const inner = command.commands;
    return {
      name: command.name(),
      says: command.description(),
      options: distinct([command, ...inner].flatMap((it) => it.options))
        .filter(({ hidden }) => !hidden)
        .map(optionWords),
      words: [
        ...inner.map((it) => it.name()),
        ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
      ],
    };
  });
}

function optionWords({ long, short, description, required, argChoices }: Option): OptionWords {
  const takes = !required ? "nothing" : FILES.includes(long ?? "") ? "file" : "word";
  return { long: long ?? "", short, says: description, takes, choices: argChoices ?? [] };
}

function distinct(options: readonly Option[]): Option[] {
  return [...new Map(options.map((option) => [option.long, option])).values()];
}
