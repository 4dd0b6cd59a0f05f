import type { CommandWords, OptionWords } from "./words.ts";

export type ShellName = "bash" | "zsh" | "fish";

/** The script of each shell. Words of the program have no quotes; those of a description are quoted. */
export const SHELLS: Readonly<Record<ShellName, (commands: readonly CommandWords[]) => string>> = {
  bash: (commands) => `${bashFunction(commands)}
complete -o default -F _prewarm prewarm`,

  // zsh runs the same function as bash does.
  zsh: (commands) => `autoload -Uz bashcompinit && bashcompinit
${bashFunction(commands)}
complete -o default -F _prewarm prewarm`,

  fish: (commands) => ["complete -c prewarm -f", ...commands.flatMap(fishLines)].join("\n"),
};

function bashFunction(commands: readonly CommandWords[]): string {
  const options = commands.flatMap((it) => it.options);
  const names = commands.map(({ name }) => name);
  return `_prewarm() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command= word
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in ${names.join("|")}) command=$word; break ;; esac
  done
  case $previous in
${choiceCases(options)}
    ${flagsOf(options, "file").join("|")}) COMPREPLY=($(compgen -f -- "$current")); return ;;
    ${flagsOf(options, "word").join("|")}) return ;;
  esac
  case $command in
    "") COMPREPLY=($(compgen -W "${names.join(" ")} --help --version" -- "$current")) ;;
${commands.map((it) => `    ${it.name}) COMPREPLY=($(compgen -W "${wordsAfter(it).join(" ")}" -- "$current")) ;;`).join("\n")}
  esac
}`;
}

function choiceCases(options: readonly OptionWords[]): string {
  const choices = new Map(options.filter((it) => it.choices.length > 0).map((it) => [it.long, it.choices]));
  return [...choices]
    .map(([long, words]) => `    ${long}) COMPREPLY=($(compgen -W "${words.join(" ")}" -- "$current")); return ;;`)
    .join("\n");
}

/** Options after which a word of any kind stands. */
function flagsOf(options: readonly OptionWords[], takes: OptionWords["takes"]): string[] {
  const found = options.filter((it) => it.takes === takes && it.choices.length === 0);
  return [...new Set(found.flatMap(({ long, short }) => (short === undefined ? [long] : [long, short])))];
}

function wordsAfter({ words, options }: CommandWords): string[] {
  return [...words, ...options.map(({ long }) => long), "--help"];
}

function fishLines({ name, says, options, words }: CommandWords): string[] {
  const after = `-n '__fish_seen_subcommand_from ${name}'`;
  return [
    `complete -c prewarm -n __fish_use_subcommand -a ${name} -d ${quoted(says)}`,
    ...(words.length > 0 ? [`complete -c prewarm ${after} -a '${words.join(" ")}'`] : []),
    ...options.map(
      ({ long, short, says: meaning, takes, choices }) =>
        `complete -c prewarm ${after} -l ${long.slice(2)}${short === undefined ? "" : ` -s ${short.slice(1)}`}${argument(takes, choices)} -d ${quoted(meaning)}`,
    ),
  ];
}

function argument(takes: OptionWords["takes"], choices: readonly string[]): string {
  if (choices.length > 0) return ` -x -a '${choices.join(" ")}'`;
  if (takes === "file") return " -r -F";
  return takes === "word" ? " -x" : "";
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
