import type { Client } from "../api/client.ts";
import { type Body, withDefaults } from "../body/body.ts";
import { EXIT } from "../exit-codes.ts";
import { estimateLines } from "../output/estimate-lines.ts";
import { lookOf } from "../output/look.ts";
import { mentionWarnings } from "../output/warnings.ts";
import { type Shell, say, sayJson } from "../shell.ts";
import { estimateDirect } from "./direct.ts";
import { type NewRequestWords, prepare } from "./prepare.ts";

/** What a request would come to. Nothing is made. */
export async function estimate(shell: Shell, urls: readonly string[], words: NewRequestWords): Promise<number> {
  const { client, body } = await prepare(shell, urls, words);
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
  else for (const line of estimateLines(answer.value, lookOf(shell))) say(shell, line);
  return EXIT.good;
}
