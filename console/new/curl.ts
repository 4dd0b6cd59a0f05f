/** A shell takes no longer argument: 128 KiB on Linux. */
const LONGEST = 100_000;

/** What a body too long for a command line is saved as, and read from. */
export const FILE_NAME = "request.json";

/** The call of a body in JSON, for a POSIX shell. The key stands in a variable, so that it is in no history. @param base the API's address */
export function curlOf(json: string, base: string): string {
  const data = json.length > LONGEST ? `@${FILE_NAME}` : `'${json.replaceAll("'", "'\\''")}'`;
  return `curl -H "x-api-key: $PREWARM_KEY" -H 'content-type: application/json' -d ${data} '${new URL("prewarm", base)}'`;
}
