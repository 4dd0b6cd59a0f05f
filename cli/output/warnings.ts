import { mention, type Shell } from "../shell.ts";
import { cleanLine } from "./clean.ts";
import { many } from "./figures.ts";

/** So many URLs are listed. */
const MAX_LISTED = 20;

/** What an answer warns of, and the URLs that the request leaves out, beside what was asked for. */
export function mentionWarnings(
  shell: Pick<Shell, "stderr">,
  {
    warnings,
    skipped_urls: skipped,
  }: { readonly warnings: readonly string[]; readonly skipped_urls: readonly string[] },
): void {
  for (const warning of warnings) mention(shell, `! ${cleanLine(warning)}`);
  for (const url of skipped.slice(0, MAX_LISTED)) mention(shell, `  skipped: ${cleanLine(url)}`);
  const more = skipped.length - MAX_LISTED;
  if (more > 0) mention(shell, `  and ${many(more, "more URL")}; --json lists them.`);
}
