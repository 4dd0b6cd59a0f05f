import * as z from "zod";
import { taskMessageSchema } from "../../../domain/plan/task-message.ts";
import { countFault, type LabRun, type Step } from "../engine/scenario.ts";
import { firstRequest, pause } from "../load/requests.ts";
import type { AwsCall, CallFault, Interceptor } from "../world/aws-proxy.ts";

/** Makes a share of the calls of the AWS APIs go wrong. */
export interface CallRule {
  readonly kind: Exclude<CallFault["kind"], "drop" | "send-again">;
  readonly service: string;
  /** @default all of the service's */
  readonly operations?: readonly string[];
  /** Share of the calls that it happens to. */
  readonly share: number;
}

const MAX_DELAY_MS = 1_000;

/**
 * Makes calls of the AWS APIs go wrong that pass the proxy of the world (`proxied`). A call has one fault at most: that of the first rule
 * that fits. The seed decides about the n-th call of an operation by an instance, and by all Lambdas.
 */
export function failCalls(rules: readonly CallRule[]): Step {
  return async (run) => {
    const { numbers } = run.world;
    const before = (call: AwsCall): CallFault | undefined => {
      const name = `${numbers.get(call.caller) ?? call.caller} ${call.service} ${call.operation}`;
      const rule = rules.find((it) => fits(it, call) && run.seed.draw(`${it.kind} ${name}`) < it.share);
      if (rule === undefined) return undefined;
      countFault(run, `call: ${rule.kind}`);
      if (rule.kind !== "delay") return { kind: rule.kind };
      return { kind: "delay", ms: MAX_DELAY_MS * run.seed.draw(`length of delay ${name}`) };
    };
    await whileIntercepting(run, { before });
  };
}

function fits({ service, operations }: CallRule, call: AwsCall): boolean {
  return service === call.service && (operations?.includes(call.operation) ?? true);
}

const batchSchema = z.object({ Entries: z.array(z.object({ MessageBody: z.string() }).loose()) }).loose();

/** Sends a share of the messages again: SQS may deliver any message twice. The seed decides about the n-th message of the same tasks. */
export function deliverTwice(share: number): Step {
  return async (run) => {
    const before = ({ service, operation, input }: AwsCall): CallFault | undefined => {
      if (service !== "sqs" || operation !== "SendMessageBatch") return undefined;
      const { Entries, ...rest } = batchSchema.parse(input);
      const again = Entries.filter(({ MessageBody }) => run.seed.draw(`twice ${tasksOf(MessageBody)}`) < share);
      if (again.length === 0) return undefined;
      countFault(run, "message: delivered twice", again.length);
      return { kind: "send-again", body: { ...rest, Entries: again } };
    };
    await whileIntercepting(run, { before });
  };
}

/** Names a message by its tasks: other runs have it, too. */
function tasksOf(body: string): string {
  const { data } = taskMessageSchema.safeParse(JSON.parse(body));
  return `${data?.pop} ${data?.urls[0]?.url} ${data?.follows ? "follows" : ""}`;
}

/** Makes one service after the other fail every call for some seconds. Each time between them is drawn. */
export function blackouts(services: readonly string[], seconds: number): Step {
  return async (run) => {
    await firstRequest(run);
    for (const service of services) {
      await pause(run, 1 + 4 * run.seed.draw(`blackout of ${service}`));
      if (run.signal.aborted) return;
      run.say(`${service} is gone for ${seconds} s`);
      countFault(run, `blackout: ${service}`);
      const before = (call: AwsCall) => (call.service === service ? ({ kind: "fail" } as const) : undefined);
      await whileIntercepting(run, { before }, seconds);
    }
  };
}

/** From the first request on. @param seconds @default until the run is over */
export async function whileIntercepting(run: LabRun, interceptor: Interceptor, seconds?: number): Promise<void> {
  await firstRequest(run);
  const { interceptors } = run.world.proxy;
  interceptors.add(interceptor);
  await pause(run, seconds);
  interceptors.delete(interceptor);
}
