import { fail, type Judgement, ok } from "../judgement.ts";

export interface Ami {
  readonly parameter: string;
  /** Undefined: there is no such parameter. */
  readonly value: string | undefined;
}

/** AWS's public parameter of its newest image: https://docs.aws.amazon.com/linux/al2023/ug/ec2.html */
export function judgeAmi({ parameter, value }: Ami): Judgement {
  if (value === undefined) return fail(`there is no ${parameter}`, "deploy to a region that has it");
  if (/^ami-[0-9a-f]+$/.test(value)) return ok(`${parameter} is readable`);
  return fail(`${parameter} is '${value}', which is no image`, "report this with the region");
}
