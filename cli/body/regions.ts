import { CommandError } from "../command-error.ts";

/** `us-east-1`, `us-isob-east-1`, `eusc-de-east-1`: AWS Regions of all partitions end in a number, CloudFront's regions of POPs are a word. */
const AWS_REGION = /^[a-z]+(-[a-z]+)+-\d+$/;

/** The regions of POPs that `--region` names. @throws CommandError for one of AWS's, which this option once took, too */
export function regionsOf(words: readonly string[]): string[] {
  const all = words.flatMap((word) => word.split(",")).map((word) => word.trim().toLowerCase());
  const aws = all.find((word) => AWS_REGION.test(word));
  if (aws !== undefined)
    throw new CommandError(
      `--region selects POPs (eu, us, apac, …); '${aws}' is an AWS Region`,
      `For the Region of a stack, use --aws-region ${aws}`,
    );
  return all.filter((word) => word !== "");
}

/** Of AWS's. @throws CommandError for a region of POPs */
export function awsRegionOf(word: string | undefined): string | undefined {
  if (word === undefined || AWS_REGION.test(word.trim().toLowerCase())) return word?.trim().toLowerCase();
  throw new CommandError(
    `--aws-region '${word}' is not an AWS Region`,
    "Use the Region of the stack, such as us-east-1. For regions of POPs, use --region with warm, estimate or pops.",
  );
}
