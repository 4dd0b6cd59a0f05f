/** What a terminal shows in the place of a character that it would obey. */
const SHOWN = "·";

/**
 * Characters that a terminal obeys or does not show: control characters (C0, DEL, C1), format characters (directions of writing such as
 * U+202E and U+061C, zero-width characters, tags), and separators of lines and paragraphs. Zero-width joiners are among them: a
 * URL that looks like another one is worse than an emoji in parts. https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 */
const OBEYED = String.raw`[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]`;
const NOT_LINE_BREAK = new RegExp(`(?!\\n)${OBEYED}`, "gu");
const NOT_WHITE_SPACE = new RegExp(`(?![\\n\\t])${OBEYED}`, "gu");

/** The colours that the command itself uses (`styleText`), without those that hide a text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: ESC begins a colour
const COLOUR = /(\u001b\[(?:[0-4]|2[2-4]|3[0-79]|4[0-79]|9[0-7])m)/;

/** A text from elsewhere, as a terminal may show it. Line breaks stay. */
export function clean(text: string): string {
  return text.replace(NOT_LINE_BREAK, SHOWN);
}

/** The same in one line. */
export function cleanLine(text: string): string {
  return clean(text).replaceAll("\n", " ");
}

/** The text of a file from elsewhere, as a terminal may show it. Line breaks and tabs stay. */
export function cleanFile(text: string): string {
  return text.replace(NOT_WHITE_SPACE, SHOWN);
}

/** The command's own text, as a terminal may show it whatever has come into it. Line breaks, tabs and the command's colours stay. */
export function cleanStyled(text: string): string {
  if (!text.includes("\u001b")) return cleanFile(text);
  return text
    .split(COLOUR)
    .map((part, i) => (i % 2 === 1 ? part : cleanFile(part)))
    .join("");
}

/** JSON of the same value, as a terminal may show it. */
export function cleanJson(json: string): string {
  return json.replace(NOT_LINE_BREAK, (character) =>
    Array.from({ length: character.length }, (_, i) => `\\u${hex(character.charCodeAt(i))}`).join(""),
  );
}

/**
 * Beginnings of commands that a CI runner finds in what a step prints: of GitHub Actions at the beginning of a line, which a carriage return
 * begins, too, or with `##[` anywhere (https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs), of Azure Pipelines
 * with `##vso[` (https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands).
 */
const CI_COMMAND = /#(?=#(?:vso)?\[)|(?<=^\s*):(?=:)/gim;

/** The command's own text for a pipe: whatever has come into it is no command to a CI runner. */
export function cleanPiped(text: string): string {
  return text.replace(CI_COMMAND, SHOWN);
}

/** JSON, or a part of it, of the same value, in which a CI runner finds no command. */
export function cleanPipedJson(json: string): string {
  // The next part may begin with the second one.
  return json.replace(/#(?=#|$)/g, "\\u0023");
}

function hex(unit: number): string {
  return unit.toString(16).padStart(4, "0");
}
