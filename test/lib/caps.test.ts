// What a key may spend, in the template: lib/parameters.ts, allowed-distributions.ts, budget.ts.
import { describe, expect, test } from "vitest";
import { CAPS } from "../../domain/request/caps.ts";
import { resourcesOf, synthesizeStacks } from "./synth.ts";

const [{ template } = { template: undefined }] = synthesizeStacks();
if (template === undefined) throw new Error("there is no stack");

const functions = new Map(
  resourcesOf(template, "AWS::Lambda::Function").map(([id, { Properties }]) => [
    id.replace(/^PrewarmPipeline/, "").replace(/[0-9A-F]{8}$/, ""),
    Properties.Environment?.Variables ?? {},
  ]),
);
const ids = { Ref: "distributions" };

describe("each function has the caps that it checks", () => {
  const variables = Object.entries(CAPS).map(([name, { variable }]) => [variable, { Ref: name }]);

  test.each(["Api", "Expand", "Task"])("%s all of them", (name) => {
    expect(functions.get(name)).toMatchObject(Object.fromEntries(variables));
  });

  test.each(["Api", "GetSize"])("%s the distributions", (name) => {
    expect(functions.get(name)).toMatchObject({ DISTRIBUTIONS: ids });
  });
});

describe("distributions", () => {
  const statements = resourcesOf(template, "AWS::IAM::Policy").flatMap(
    ([, { Properties }]) => Properties.PolicyDocument.Statement,
  );
  const invalidates = statements.filter(({ Action }) => [Action].flat().includes("cloudfront:CreateInvalidation"));

  test("are the only resources of `cloudfront:CreateInvalidation`, which one role has", () => {
    expect(invalidates).toHaveLength(1);
    const [condition, china, elsewhere] = invalidates[0].Resource["Fn::If"];
    expect(template.findConditions(condition)).toMatchObject({
      [condition]: { "Fn::Equals": [{ Ref: "AWS::Partition" }, "aws-cn"] },
    });
    expect([china, elsewhere]).toEqual(
      ["arn:aws-cn:cloudfront::*:distribution/", "arn:aws:cloudfront::*:distribution/"].map((before) => ({
        "Fn::Split": [
          ",",
          {
            "Fn::Join": [
              "",
              [before, { "Fn::Join": [`,${before}`, { "Fn::Split": [",", { Ref: "distributions" }] }] }],
            ],
          },
        ],
      })),
    );
  });
});

describe("the budget", () => {
  const [[, budget] = []] = Object.entries(template.findResources("AWS::Budgets::Budget"));

  test("mails the address of the alarms before it is used up, and wants one", () => {
    const { Budget, NotificationsWithSubscribers } = budget?.["Properties"] ?? {};
    expect(Budget).toMatchObject({
      BudgetType: "COST",
      TimeUnit: "MONTHLY",
      BudgetLimit: { Amount: { Ref: "monthlyBudget" }, Unit: "USD" },
    });
    for (const { Subscribers } of NotificationsWithSubscribers) {
      expect(Subscribers).toEqual([{ SubscriptionType: "EMAIL", Address: { Ref: "alarmEmail" } }]);
    }
    expect(template.toJSON()["Rules"]["BudgetHasAddress"]).toMatchObject({
      RuleCondition: { "Fn::Not": [{ "Fn::Equals": [{ Ref: "monthlyBudget" }, "0"] }] },
      Assertions: [{ Assert: { "Fn::Not": [{ "Fn::Equals": [{ Ref: "alarmEmail" }, ""] }] } }],
    });
  });
});
