import { CommandError } from "../command-error.ts";

/** `us-east-1`, `us-gov-west-1`: AWS regions end in a number, Prewarm's are a word. */
const AWS_REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

/**
 * `--region` is both AWS's, in which a stack is, and Prewarm's, which stands for POPs. They are told apart by their form.
 * @throws CommandError for two of AWS's
 */
export function splitRegions(words: readonly string[]): { readonly aws: string | undefined; readonly sets: string[] } {
  const all = words.flatMap((word) => word.split(",")).map((word) => word.trim().toLowerCase());
  const aws = all.filter((word) => AWS_REGION.test(word));
  if (aws.length > 1)
    throw new CommandError(`--region names ${aws.length} AWS regions: ${aws.join(", ")}`, "A stack is in one of them.");
  return { aws: aws[0], sets: all.filter((word) => word !== "" && !AWS_REGION.test(word)) };
}

/** Of a command that has nothing to do with POPs. @throws CommandError for a region of Prewarm's */
export function awsRegion(words: readonly string[]): string | undefined {
  const { aws, sets } = splitRegions(words);
  const [set] = sets;
  if (set === undefined) return aws;
  throw new CommandError(
    `--region '${set}' is no AWS region`,
    "Here --region says where the stack is, such as us-east-1. A region of POPs is for warm, estimate and pops.",
  );
}
