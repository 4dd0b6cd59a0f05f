import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import * as z from "zod";
import type { Resolver } from "../../../domain/net/resolver.ts";
import { resolvePops } from "../../../domain/plan/resolve-targets.ts";
import type { AccountDistribution } from "../../../domain/request/distributions.ts";
import { findDistributions } from "../../../domain/request/find-distributions.ts";
import { required } from "../check/aws-errors.ts";

/** A POP's name in the DNS. */
export interface ProbedPop {
  readonly pop: string;
  readonly addresses: readonly string[];
  /** Why there are none. */
  readonly error?: string | undefined;
}

/** POPs as the DNS has them, and where it was asked. */
export interface LookedUp {
  readonly from: string;
  readonly pops: readonly ProbedPop[];
}

export type Lookup = (label: string, pops: readonly string[]) => Promise<LookedUp>;

const answerSchema = z.array(z.object({ pop: z.string(), ips: z.array(z.string()), error: z.string().optional() }));

function toProbed(found: z.infer<typeof answerSchema>): ProbedPop[] {
  return found.map(({ pop, ips, error }) => ({ pop, addresses: ips.toSorted(), error }));
}

/** Looks POPs up from this machine, and says so. */
export function lookupHere(dns: Resolver): Lookup {
  return async (label, pops) => {
    const targets = pops.map((pop) => ({ pop, label }));
    return { from: "resolved from here, not from the Lambdas", pops: toProbed(await resolvePops(dns, targets)) };
  };
}

/** Has the stack's Task look POPs up, with its network and resolvers. If Task cannot, this machine does, and `from` says why. */
export function lookupByTask(lambda: LambdaClient, task: () => Promise<string>, here: Lookup): Lookup {
  return async (label, pops) => {
    try {
      const payload = JSON.stringify({ probe: { label, pops } });
      const command = new InvokeCommand({ FunctionName: await task(), Payload: Buffer.from(payload) });
      const { Payload, FunctionError } = await lambda.send(command);
      if (FunctionError !== undefined) throw new Error(`Task: ${FunctionError}`);
      const answer = JSON.parse(Buffer.from(required(Payload, "Payload")).toString("utf8"));
      return { from: "resolved from the Lambdas", pops: toProbed(answerSchema.parse(answer)) };
    } catch (error) {
      const there = await here(label, pops);
      return { ...there, from: `${there.from}: ${error instanceof Error ? error.name : error}` };
    }
  };
}

export interface LabelDeps {
  /** The distributions of the account, with the tenants that hosts lead to. */
  readonly listFor: (hosts: readonly string[]) => Promise<AccountDistribution[]>;
  readonly dns: Resolver;
}

/** First label of the distribution behind a host, found as Get Size finds it. Without permission to list them: by the DNS. */
export async function labelOf(host: string, { listFor, dns }: LabelDeps): Promise<string> {
  const listed = await listFor([host]).catch(() => []);
  const {
    distributions: [found],
    refused,
  } = await findDistributions(undefined, [host], {
    distributions: { listFor: async () => listed },
    dns,
  });
  if (found === undefined) throw new Error(refused.get(host));
  return found.label;
}
