import type { Client } from "../api/client.ts";
import { type Body, withDefaults } from "../body/body.ts";
import { placeAndRegions } from "../body/place-words.ts";
import { type FileWords, readBody } from "../body/read-body.ts";
import { connect } from "../direct/connect.ts";
import { EXIT } from "../exit-codes.ts";
import { estimateLines } from "../output/estimate-lines.ts";
import { lookOf } from "../output/look.ts";
import { mentionWarnings } from "../output/warnings.ts";
import { type Shell, say, sayJson } from "../shell.ts";
import { type DirectWords, estimateDirect, tellHow } from "./direct.ts";

/** What a request would come to. Nothing is made. */
export async function estimate(shell: Shell, urls: readonly string[], words: DirectWords & FileWords): Promise<number> {
  const { place, regions } = placeAndRegions(words);
  const { body, told } = await readBody(shell, urls, regions, words);
  const client = await connect(shell, place);
  tellHow(shell, client, words, told);
  return client.kind === "direct"
    ? estimateDirect(shell, client, body, words)
    : tellEstimate(shell, client, withDefaults(body), words);
}

export async function tellEstimate(
  shell: Shell,
  client: Client,
  { client_token: _, ...body }: Body,
  { json }: { readonly json?: boolean },
): Promise<number> {
  const answer = await client.estimate(body);
  mentionWarnings(shell, answer.value);
  if (json === true) sayJson(shell, answer.json);
  else for (const line of estimateLines(answer.value.estimate, lookOf(shell))) say(shell, line);
  return EXIT.good;
}
