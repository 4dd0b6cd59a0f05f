import type { Browser } from "playwright-core";
import type { Language } from "../../../domain/format.ts";
import type { LocalPrewarm } from "../../local/local-prewarm.ts";
import { enter, leave } from "./enter.ts";
import { watchFail } from "./failing.ts";
import { watchMany } from "./many.ts";
import { Operator, type Theme } from "./operator.ts";
import { retryAll } from "./retrying.ts";
import { stopOne } from "./stopping.ts";
import { Trouble } from "./trouble.ts";

export interface JourneyOptions {
  readonly browser: Browser;
  /** With the edge of `trouble.ts`. */
  readonly prewarm: LocalPrewarm;
  readonly language: Language;
  readonly themes: readonly Theme[];
  readonly say: (line: string) => void;
}

/**
 * What an operator does, in the deployed stack on this machine, with twelve POPs: a wrong key, the key, a request that fails for
 * many reasons and is watched to its end, a retry after all is mended, and a request that is stopped.
 * @returns what went wrong
 */
export async function journey({ say, ...options }: JourneyOptions): Promise<string[]> {
  const { standIn, trouble } = troubleAt(options.prewarm);
  const operator = await Operator.sitDown({ ...options, name: "real-12" });
  return operator.work(async () => {
    await enter(operator);
    const failed = await watchFail(operator, trouble);
    await retryAll(operator, standIn, trouble, failed);
    await stopOne(operator, trouble);
    say(`12 POPs, ${options.language}: ${await operator.responsiveness()}`);
    await leave(operator);
  });
}

/** The same with hundreds of POPs, as far as that is another thing. @returns what went wrong */
export async function journeyOfMany({ say, ...options }: JourneyOptions): Promise<string[]> {
  const { trouble } = troubleAt(options.prewarm);
  const operator = await Operator.sitDown({ ...options, name: "real-400" });
  return operator.work(async () => {
    await enter(operator);
    await watchMany(operator, trouble);
    say(`400 POPs, ${options.language}: ${await operator.responsiveness()}`);
    await leave(operator);
  });
}

function troubleAt({ standIn }: LocalPrewarm) {
  if (standIn === undefined) throw new Error("The journey needs the stand-in edge");
  return { standIn, trouble: new Trouble(standIn.edge) };
}
