/**
 * The commands that documents show, and who tries each. CONTRIBUTING.md says what the marks mean: `<!-- not run: WHY -->` before a block,
 * `<!-- none is run: WHY -->` for a whole document.
 */

/** Its own end-to-end test runs all that it shows. */
const WALKED = "docs/getting-started.md";

/** A block of shell that a document shows. */
export interface Block {
  readonly document: string;
  /** Line of the document at which it begins. */
  readonly line: number;
  readonly code: string;
  /** Why nobody runs it, as its mark says. */
  readonly notRun: string | undefined;
}

const NONE_IS_RUN = /^<!-- none is run: (.+) -->$/m;
const NOT_RUN = /<!-- not run: (.+) -->\s*$/;
/** The code of docs/snippets/, which has tests of its own. */
const SNIPPET = /<!-- generated: snippet-[\w-]+ -->\s*$/;

/** Blocks in other languages. One of none is an answer, unless it begins with a program. */
const NO_SHELL = /^(json|mermaid|text|ts|yaml)?$/;
const PROGRAM = "(?:npm|npx|prewarm|curl)";
const BEGINS_WITH_PROGRAM = new RegExp(`^\\s*${PROGRAM} `);

export function blocksOf(document: string, text: string): Block[] {
  const none = NONE_IS_RUN.exec(text)?.[1];
  return [...text.matchAll(/^( *)(`{3,}|~{3,})(.*)\n([\s\S]*?)^\1\2$/gm)].flatMap((found) => {
    const [, indent = "", , language = "", code = ""] = found;
    if (NO_SHELL.test(language) && !(language === "" && BEGINS_WITH_PROGRAM.test(code))) return [];
    const before = text.slice(0, found.index);
    return {
      document,
      line: before.split("\n").length,
      code: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
      notRun:
        none ?? NOT_RUN.exec(before)?.[1] ?? (SNIPPET.test(before) ? "a snippet, which has its own test" : undefined),
    };
  });
}

/** The commands of some shell: one a line, unless a quote or a backslash carries it on. Without comments. */
export function commandsOf(code: string) {
  const commands: string[] = [];
  let open = "";
  for (const line of code.split("\n")) {
    const text = withoutComment(open === "" ? line : `${open}\n${line}`);
    const isOpen = text.endsWith("\\") || hasOpenQuote(text);
    open = isOpen ? text : "";
    if (!isOpen) commands.push(text);
  }
  // A quote that nobody closes hides nothing.
  return [...commands, ...open.split("\n")].filter((command) => command.trim() !== "");
}

/** Text in quotes, and what a backslash takes its meaning. */
const QUOTED = /'[^']*'|"(?:[^"\\]|\\.)*"|\\./gs;

function hasOpenQuote(text: string) {
  return /['"]/.test(text.replaceAll(QUOTED, ""));
}

/** What begins with `#` behind a space, unless it is in quotes: an apostrophe in a comment opens none. */
function withoutComment(command: string) {
  const masked = command.replaceAll(QUOTED, (quoted) => "q".repeat(quoted.length));
  const at = /(^|\s+)#(?= |$)/m.exec(masked)?.index;
  return at === undefined || hasOpenQuote(command.slice(0, at)) ? command : command.slice(0, at);
}

/** Code in a sentence or a table that is a command to type: it begins with a program. */
export function inlineCommandsOf(text: string) {
  const prose = text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");
  return [...prose.matchAll(new RegExp(`\`(${PROGRAM} [^\`]+)\``, "g"))]
    .map(([, code = ""]) => code)
    .filter((code) => !code.includes("…"));
}

/** Who tries a command. */
export type Way =
  /** Nobody without AWS. */
  | "AWS"
  /** npm: each script has somebody who runs it, see commands.test.ts. */
  | "npm"
  /** test/e2e/rest/documented-commands.test.ts, against a deployed stack on this machine. */
  | "run"
  /** Nobody. It needs a mark. */
  | "unknown";

/** What the end-to-end test can run: calls of the API, the command; and a name for a value. */
const RUNNABLE = [/^(for REQ in \$\()?curl .*\$\{API\}/s, /^(npx )?prewarm /, /^[A-Z]+=[\w-]+$/];
/** One or several npm, and nothing else behind them. */
const NPM_ALONE = /^npm [^&|;]*(&& npm [^&|;]*)*$/;
const ASKS_AWS = /(^|[\s(])(aws|npx cdk) /;
/** What asks an account, a URL of the reader's, or CloudFront itself, if only its DNS. */
const ASKS_CLOUDFRONT =
  /^(npx )?prewarm (.*--(stack|direct)\b|resume\b|pops --discover\b|doctor --(before|deployed|edge)\b)/;

export function wayOf(command: string): Way {
  if (ASKS_AWS.test(command) || ASKS_CLOUDFRONT.test(command)) return "AWS";
  if (NPM_ALONE.test(command)) return "npm";
  return RUNNABLE.some((pattern) => pattern.test(command)) ? "run" : "unknown";
}

/**
 * The commands of a block that somebody has to try. If one of them is AWS's own, the others need what it gives; and WALKED has a
 * test of its own.
 */
export function triedIn({ document, code, notRun }: Block) {
  const commands = commandsOf(code);
  return notRun !== undefined || document === WALKED || commands.some((command) => ASKS_AWS.test(command))
    ? []
    : commands;
}
