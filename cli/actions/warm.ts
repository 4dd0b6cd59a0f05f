import { withDefaults } from "../body/body.ts";
import type { Shell } from "../shell.ts";
import { estimateDirect, warmDirect } from "./direct.ts";
import { tellEstimate } from "./estimate.ts";
import { type NewRequestWords, prepare } from "./prepare.ts";
import { start } from "./start.ts";

export interface WarmWords extends NewRequestWords {
  readonly dryRun?: boolean;
}

export async function warm(shell: Shell, urls: readonly string[], words: WarmWords): Promise<number> {
  const { client, body } = await prepare(shell, urls, words);
  const isDry = words.dryRun === true || body["dry_run"] === true;
  if (client.kind === "direct") return (isDry ? estimateDirect : warmDirect)(shell, client, body, words);
  return (isDry ? tellEstimate : start)(shell, client, withDefaults(body), words);
}
