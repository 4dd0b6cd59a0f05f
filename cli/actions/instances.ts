import { wholeNumber } from "../body/number.ts";
import { type PlaceWords, placeOf } from "../body/place-words.ts";
import { connect } from "../direct/connect.ts";
import { EXIT } from "../exit-codes.ts";
import { cleanLine } from "../output/clean.ts";
import { many } from "../output/figures.ts";
import { mention, type Shell, say, sayJson } from "../shell.ts";
import { isWanted } from "../watch/question.ts";

/** From more than this on, it is asked first. */
const MANY = 10;

export async function showInstances(shell: Shell, words: PlaceWords): Promise<number> {
  const client = await connect(shell, placeOf(words));
  const { value, json } = await client.instances();
  if (words.json === true) sayJson(shell, json);
  else say(shell, `${many(value.desiredcapacity, "instance is", "instances are")} wanted`);
  return EXIT.good;
}

/** Sets how many instances all active requests have. */
export async function setInstances(
  shell: Shell,
  text: string,
  words: PlaceWords & { readonly yes?: boolean },
): Promise<number> {
  const wanted = wholeNumber("set", text);
  const client = await connect(shell, placeOf(words));
  const question = questionFor(wanted);
  if (question !== undefined && !(await isWanted(shell, question, words.yes))) {
    mention(shell, "Nothing was changed.");
    return EXIT.good;
  }
  const { value, json } = await client.setInstances(wanted);
  if (words.json === true) sayJson(shell, json);
  else say(shell, cleanLine(value.message));
  return EXIT.good;
}

/** Undefined: that may be done without a question. */
function questionFor(wanted: number): string | undefined {
  if (wanted === 0) return "Pause all active requests? Their timeouts keep running.";
  return wanted > MANY
    ? `Set the number of instances to ${wanted}? You pay for each instance until no request needs it.`
    : undefined;
}
