import { shellWord } from "../../client/shell-word.ts";

/** A shell takes no longer argument: 128 KiB on Linux. */
const LONGEST = 100_000;

/** What a body too long for a command line is saved as, and read from. */
export const FILE_NAME = "request.json";

/** Whether a body is too long for a command line. */
export function isLong(json: string): boolean {
  return json.length > LONGEST;
}

/** The call of a body in JSON, for a POSIX shell. The key stands in a variable, so that it is in no history. @param base the API's address */
export function curlOf(json: string, base: string): string {
  const data = isLong(json) ? `@${FILE_NAME}` : shellWord(json);
  return `curl -H "x-api-key: $PREWARM_API_KEY" -H 'content-type: application/json' -d ${data} ${shellWord(new URL("prewarm", base).href)}`;
}

/** The same with the command, which takes the key from the same variable. @param base the API's address */
export function prewarmOf(json: string, base: string): string {
  const [pipe, file] = isLong(json) ? ["", FILE_NAME] : [`printf %s ${shellWord(json)} | `, "-"];
  return `${pipe}npx prewarm warm --from ${file} --endpoint ${shellWord(base)}`;
}
