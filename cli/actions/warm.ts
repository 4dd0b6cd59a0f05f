import { withDefaults } from "../body/body.ts";
import { placeAndRegions } from "../body/place-words.ts";
import { type FileWords, readBody } from "../body/read-body.ts";
import { connect } from "../direct/connect.ts";
import type { Shell } from "../shell.ts";
import { type DirectWords, estimateDirect, tellHow, warmDirect } from "./direct.ts";
import { tellEstimate } from "./estimate.ts";
import { start } from "./start.ts";

export interface WarmWords extends DirectWords, FileWords {
  readonly dryRun?: boolean;
}

export async function warm(shell: Shell, urls: readonly string[], words: WarmWords): Promise<number> {
  const { place, regions } = placeAndRegions(words);
  const { body, told } = await readBody(shell, urls, regions, words);
  const client = await connect(shell, place);
  tellHow(shell, client, words, told);
  const isDry = words.dryRun === true || body["dry_run"] === true;
  if (client.kind === "direct") return (isDry ? estimateDirect : warmDirect)(shell, client, body, words);
  return (isDry ? tellEstimate : start)(shell, client, withDefaults(body), words);
}
