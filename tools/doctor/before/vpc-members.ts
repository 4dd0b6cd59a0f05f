import { fail, type Judgement, ok } from "../judgement.ts";

export interface Members {
  readonly vpc: string;
  /** Ids of subnets and the group, each with the VPC that it lies in. */
  readonly parts: readonly { readonly id: string; readonly vpc: string | undefined }[];
}

/** CloudFormation checks the subnets and cannot check the group; the launch fails if it is of another VPC. */
export function judgeMembers({ vpc, parts }: Members): Judgement {
  const strangers = parts.filter((part) => part.vpc !== vpc);
  if (strangers.length === 0) return ok(`the subnets and the group are of ${vpc}`);
  const says = strangers.map((part) => `${part.id} is of ${part.vpc ?? "no VPC"}`).join("; ");
  return fail(`${says}, not of ${vpc}`, "name subnets and a group of one VPC");
}
