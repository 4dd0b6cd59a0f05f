/** The call of a body, for a POSIX shell. The key stands in a variable, so that it is in no history. @param base the API's address */
export function curlOf(body: object, base: URL): string {
  const json = JSON.stringify(body).replaceAll("'", "'\\''");
  return `curl -H "x-api-key: $PREWARM_KEY" -H 'content-type: application/json' -d '${json}' '${new URL("prewarm", base)}'`;
}
