import type { ApiClient } from "../../../client/api-client.ts";
import type { Check } from "../check.ts";
import { cannotTell, type Judgement } from "../judgement.ts";
import { once } from "../once.ts";
import type { PartsReader } from "../readers/parts.ts";
import { NoStackError, type StackReader } from "../readers/stack.ts";
import { judgeAlarmMail } from "./alarm-mail.ts";
import { judgeAlarms } from "./alarms.ts";
import { judgeApiKey, triedKey } from "./api-key.ts";
import { judgeDeadLetters } from "./dead-letters.ts";
import { type EventSource, judgeEnabled, judgeLastResults } from "./event-sources.ts";
import { judgeFilters } from "./filters.ts";
import { judgeStackState } from "./stack-state.ts";

export interface DeployedDeps {
  readonly stack: Pick<StackReader, keyof StackReader>;
  readonly parts: Pick<PartsReader, keyof PartsReader>;
  readonly api: () => Promise<ApiClient>;
}

/** Queues that only failures go to, by the start of their ids in the stack. */
const DEAD_LETTERS = /(DeadLetters|FailedBatches)[0-9A-F]*$/;

/** Whether a deployed stack does what it should. */
export function deployedChecks({ stack, parts, api }: DeployedDeps): Check[] {
  const sources = once(() => eventSources(stack, parts));
  const streams = "docs/operations.md#late-streams";
  return [
    check("stack", "docs/deploy.md#deploying", async () => {
      try {
        return judgeStackState((await stack.state()).status);
      } catch (error) {
        if (error instanceof NoStackError) return cannotTell(error.message, "deploy it, or name another");
        throw error;
      }
    }),
    check("event sources", streams, async () => judgeEnabled(await sources())),
    check("last results", "docs/operations.md#function-errors", async () => judgeLastResults(await sources())),
    check("filters", streams, async () => judgeFilters(await stack.template(), await sources())),
    check("mail of alarms", "docs/deploy.md#parameters", async () => judgeAlarmMail(await mails(stack, parts))),
    check("alarms", "docs/operations.md#dashboard-and-alarms", async () => {
      const alarms = await stack.named("AWS::CloudWatch::Alarm");
      const names = alarms.map(({ physicalId }) => physicalId);
      return judgeAlarms(names.length, names.length === 0 ? [] : await parts.alarms(names));
    }),
    check("dead letters", "docs/operations.md#dead-letters", async () =>
      judgeDeadLetters(await deadLetters(stack, parts)),
    ),
    check("API and key", "docs/api.md#get-instances-how-many", async () => judgeApiKey(await triedKey(await api()))),
  ];
}

async function eventSources(stack: DeployedDeps["stack"], parts: DeployedDeps["parts"]): Promise<EventSource[]> {
  const mappings = await stack.named("AWS::Lambda::EventSourceMapping");
  return Promise.all(
    mappings.map(async ({ logicalId, physicalId }) => ({ logicalId, mapping: await parts.eventSource(physicalId) })),
  );
}

async function mails(stack: DeployedDeps["stack"], parts: DeployedDeps["parts"]): Promise<string[]> {
  const topics = await stack.named("AWS::SNS::Topic");
  return (await Promise.all(topics.map(({ physicalId }) => parts.mailSubscriptions(physicalId)))).flat();
}

async function deadLetters(stack: DeployedDeps["stack"], parts: DeployedDeps["parts"]) {
  const queues = (await stack.named("AWS::SQS::Queue")).filter(({ logicalId }) => DEAD_LETTERS.test(logicalId));
  const counted = queues.map(
    async ({ logicalId, physicalId }) => [logicalId, await parts.messages(physicalId)] as const,
  );
  return Object.fromEntries(await Promise.all(counted));
}

function check(name: string, docs: string, run: () => Promise<Judgement>): Check {
  return { phase: "deployed", name, docs, run };
}
