import type { Listed } from "../../client/answers.ts";
import { shortId } from "../../client/request-ids.ts";
import type { Api } from "../api/client.ts";
import { command, type Shell } from "../shell.ts";
import { tellEnding } from "../watch/ending.ts";
import { openDisplay } from "../watch/open-display.ts";
import { comeBack, pausedText, watch } from "../watch/watch.ts";

/** Watches a request to its end, and says what came of it. Returns the exit code. */
export async function waitFor(
  shell: Shell,
  client: Api,
  id: string,
  { json, listed }: { readonly json: boolean; readonly listed: Listed | undefined },
): Promise<number> {
  // A document on stdout is to stay one.
  const display = openDisplay(shell, json ? shell.stderr : shell.stdout, {
    listed,
    isDirect: client.kind === "direct",
    pausedHint: pausedText(shell),
    hint:
      client.kind === "direct"
        ? `Ctrl-C stops it.  To warm the rest later: ${command(shell, "retry", shortId(id))}`
        : `Ctrl-C leaves it running.  To watch it again: ${comeBack(shell, id)}`,
  });
  const watched = await watch(shell, client, id, display);
  return "exitCode" in watched ? watched.exitCode : tellEnding(shell, client, watched.progress, json);
}
