// The constructs that the documents show, against the event as Prewarm writes it.
import { Template } from "aws-cdk-lib/assertions";
import * as z from "zod";
import { EVENT_SOURCE, EVENT_TYPE, endedEvent } from "../../../domain/readiness/ended-event.ts";
import { snippets } from "../../../tools/release/snippets.ts";
import { request } from "../../lambdas/items.ts";
import { newApp } from "../../lib/synth.ts";
import { at, filled, matches, pathsOf } from "./event-bridge.ts";

const ruleSchema = z.object({
  Properties: z.object({
    EventPattern: z.record(z.string(), z.unknown()),
    Targets: z.array(
      z.object({
        InputTransformer: z
          .object({ InputPathsMap: z.record(z.string(), z.string()), InputTemplate: z.string() })
          .optional(),
      }),
    ),
  }),
});

const template = Template.fromStack(snippets(newApp()));
const rules = Object.values(template.findResources("AWS::Events::Rule")).map((it) => ruleSchema.parse(it).Properties);
const rulesOf = (source: string) => rules.filter(({ EventPattern }) => at(EventPattern, "source.0") === source);

/** An event as rules get it, of a request that ended so. */
function ended(verdict: "ready" | "ready_with_exceptions" | "not_ready" | "not_verified" | undefined) {
  const item = { ...request({ active: undefined, reason: 'no "good" URL' }), status: "FINISHED" as const, verdict };
  const detail = endedEvent(item, "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/prod/");
  return { version: "0", id: "1", source: EVENT_SOURCE, "detail-type": EVENT_TYPE, account: "1", detail };
}

describe("rules on the end of a request", () => {
  const own = rulesOf(EVENT_SOURCE);

  it("match the event; that for the chat only if the crowd should not come", () => {
    const matching = (verdict: Parameters<typeof ended>[0]) =>
      own.filter(({ EventPattern }) => matches(EventPattern, ended(verdict))).length;
    expect([
      matching("ready"),
      matching("not_verified"),
      matching("ready_with_exceptions"),
      matching("not_ready"),
    ]).toEqual([2, 2, 3, 3]);
    expect(matching(undefined)).toBe(3);
    expect(own.filter(({ EventPattern }) => matches(EventPattern, { ...ended("ready"), source: "other" }))).toEqual([]);
  });

  it("take from the event what is in it", () => {
    const transformers = own.flatMap(({ Targets }) => Targets.flatMap((it) => it.InputTransformer ?? []));
    expect(transformers).toHaveLength(2);
    const event = ended("not_ready");
    const texts = transformers.map((it) => filled(it.InputTemplate, it.InputPathsMap, event));
    const { sentence, summary_url, status, req_id } = event.detail;
    expect(texts).toEqual([
      `${status}. ${sentence} Request ${req_id}, ${summary_url}`,
      { text: `${sentence} ${summary_url}` },
    ]);
  });
});

describe("state machines", () => {
  const definitions = Object.values(template.findResources("AWS::StepFunctions::StateMachine")).map((it) =>
    JSON.stringify(it),
  );

  it("read from the event what is in it", () => {
    const event = ended("not_ready");
    const [waiter = "", teller = "", ...more] = definitions;
    expect(more).toEqual([]);
    expect(pathsOf(waiter, "$states.input.")).toEqual(["sentence", "verdict"]);
    for (const path of pathsOf(waiter, "$states.input.")) expect(at(event.detail, path)).toBeTypeOf("string");
    // The teller's own token besides.
    const asked = pathsOf(teller, "$states.input.").filter((path) => path !== "token");
    expect(asked).toEqual(["detail", "detail.req_id"]);
    for (const path of asked) expect(at(event, path)).toBeDefined();
  });

  it("wait under the name under which they are told", () => {
    const names = definitions.map((it) => /\\"(?:Item|Key)\\":\{\\"(\w+)\\":\{\\"S\\"/.exec(it)?.[1]);
    expect(names).toEqual(["req_id", "req_id"]);
    template.hasResourceProperties("AWS::DynamoDB::Table", {
      KeySchema: [{ AttributeName: "req_id", KeyType: "HASH" }],
    });
  });
});

test("the rule on uploads matches lists, and nothing else of the bucket", () => {
  const [rule, ...more] = rulesOf("aws.s3");
  expect(more).toEqual([]);
  const uploaded = (key: string, bucket = "my-bucket") => ({
    source: "aws.s3",
    "detail-type": "Object Created",
    detail: { bucket: { name: bucket }, object: { key, size: 1 } },
  });
  const matched = [uploaded("lists/1.txt"), uploaded("site/lists/1.txt"), uploaded("lists/1.txt", "other")];
  expect(matched.map((it) => matches(rule?.EventPattern ?? {}, it))).toEqual([true, false, false]);
});

test("the schedule starts the state machine with a body", () => {
  template.hasResourceProperties("AWS::Scheduler::Schedule", {
    ScheduleExpression: "cron(0 3 * * ? *)",
    Target: { Input: JSON.stringify({ url_list: ["https://www.example.com/"], timeout: 60, instance_count: 2 }) },
  });
});
