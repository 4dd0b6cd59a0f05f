// Prices of a request, which the commands state before its first task.
import type { Prices } from "../../client/answers.ts";
import { NoAnswerError, UnreadableAnswerError } from "../../client/api-client.ts";
import type { Client } from "../api/client.ts";
import { clientErrorOf } from "../api/refusal.ts";
import type { Body } from "../body/body.ts";
import { aboutDollars, factLines, priceFacts } from "../output/estimate-lines.ts";
import { bytes } from "../output/figures.ts";
import { lookOf } from "../output/look.ts";
import { mention, type Shell } from "../shell.ts";
import { isWanted } from "../watch/question.ts";

/** Transferred bytes above which a command asks for confirmation. */
const ASK_BYTES = 20e9;

/** Whether a request transfers so much that it is confirmed first. */
export function isLarge({ as_asked: { bytes: transferred } }: Prices): boolean {
  return (transferred ?? 0) > ASK_BYTES;
}

/** Prints the prices to stderr. */
export function mentionPrices(shell: Shell, prices: Prices): void {
  for (const line of factLines(priceFacts(prices), lookOf(shell))) mention(shell, line);
}

/** `Transfer 2.56 TB for about $218 (--downloads 1: about $109; --scope regional: about $41)` */
export function priceQuestion({ as_asked, downloads_1, regional }: Prices): string {
  const transferred = as_asked.bytes === null ? "an unknown number of bytes" : bytes(as_asked.bytes);
  const others = `--downloads 1: ${aboutDollars(downloads_1.dollars)}; --scope regional: ${aboutDollars(regional.dollars)}`;
  return `Transfer ${transferred} for ${aboutDollars(as_asked.dollars)} (${others})`;
}

/**
 * States what a request to a stack costs, before it is made; on a terminal, asks if it transfers much. Where nobody can be asked, the
 * deployment's limits decide.
 */
export async function mayStart(
  shell: Shell,
  client: Client,
  { client_token: _, ...body }: Body,
  yes: boolean | undefined,
): Promise<boolean> {
  const prices = await client.estimate(body).then(
    ({ value }) => value.estimate.prices,
    (error: unknown) => {
      // A refusal comes again when the request is made.
      const cause = clientErrorOf(error);
      if (cause instanceof NoAnswerError || cause instanceof UnreadableAnswerError)
        mention(shell, `The prices are not known: ${cause.message}`);
      return undefined;
    },
  );
  if (prices === undefined) return true;
  mentionPrices(shell, prices);
  if (!isLarge(prices) || shell.stdin.isTTY !== true) return true;
  return isWanted(shell, `${priceQuestion(prices)}?`, yes);
}
