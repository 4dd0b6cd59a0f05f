import { expect, test } from "vitest";
import { Queues } from "../../lib/queues.ts";
import { resourcesOf, synthesize } from "./synth.ts";

const template = synthesize((scope) => new Queues(scope, "Queue"));
const queues = new Map(resourcesOf(template, "AWS::SQS::Queue"));
const idOf = (name: string) => [...queues.keys()].find((id) => id.startsWith(`Queue${name}`)) ?? "";

test("a message that five agents could not finish goes to the dead letters, and stays there for two weeks", () => {
  for (const lane of ["Tasks", "Express"])
    expect(queues.get(idOf(lane))?.Properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: { "Fn::GetAtt": [idOf("DeadLetters"), "Arn"] },
      maxReceiveCount: 5,
    });
  expect(queues.get(idOf("DeadLetters"))?.Properties.MessageRetentionPeriod).toBe(14 * 86_400);
  expect(queues.size).toBe(3);
});

test("the queue keeps a task longer than the longest request lasts", () => {
  for (const lane of ["Tasks", "Express"])
    expect(queues.get(idOf(lane))?.Properties.MessageRetentionPeriod).toBeGreaterThan(10_080 * 60);
});
