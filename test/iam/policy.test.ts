// Cases follow AWS's documents: the links stand with what they describe.
import { describe, expect, test } from "vitest";
import { evaluate, type PermissionRequest, parseStatement } from "./policy.ts";

const TABLE = "arn:aws:dynamodb:us-west-2:123456789012:table/GameScores";
const READ: PermissionRequest = { action: "dynamodb:GetItem", resource: TABLE, context: {} };
const allowAll = { Effect: "Allow", Action: "dynamodb:*", Resource: "*" };

const decide = (statements: readonly object[], request: Partial<PermissionRequest> = {}) =>
  evaluate(statements.map(parseStatement), { ...READ, ...request });

const decideIf = (condition: object, context: PermissionRequest["context"]) =>
  decide([{ ...allowAll, Condition: condition }], { context });

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
describe("statements", () => {
  test("a call that no statement matches is denied implicitly", () => {
    expect(decide([])).toBe("implicit deny");
    expect(decide([{ ...allowAll, Action: "dynamodb:Query" }])).toBe("implicit deny");
  });

  test("a Deny counts more than an Allow, wherever it stands", () => {
    expect(decide([allowAll, { ...allowAll, Effect: "Deny" }])).toBe("explicit deny");
    expect(decide([{ ...allowAll, Effect: "Deny" }, allowAll])).toBe("explicit deny");
  });

  test("a Deny whose condition does not hold is ignored", () => {
    const deny = { ...allowAll, Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } };
    expect(decide([allowAll, deny], { context: { "aws:SecureTransport": "true" } })).toBe("allow");
    expect(decide([allowAll, deny], { context: { "aws:SecureTransport": "false" } })).toBe("explicit deny");
  });

  test.each(["NotAction", "NotResource", "NotPrincipal", "Elsewhere"])("the element %s is refused", (element) => {
    expect(() => parseStatement({ ...allowAll, [element]: "*" })).toThrow(element);
  });

  test("a policy variable is refused", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable looks so
    expect(() => parseStatement({ ...allowAll, Resource: "arn:aws:s3:::b/${aws:username}" })).toThrow(
      "policy variables",
    );
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html, …_resource.html
describe("actions and resources", () => {
  test("actions are not case-sensitive and know wildcards", () => {
    expect(decide([{ ...allowAll, Action: "DynamoDB:getitem" }])).toBe("allow");
    expect(decide([{ ...allowAll, Action: "dynamodb:Get*" }])).toBe("allow");
    expect(decide([{ ...allowAll, Action: "dynamodb:GetIte?" }])).toBe("allow");
    expect(decide([{ ...allowAll, Action: "dynamodb:GetIt?" }])).toBe("implicit deny");
  });

  test("resources are case-sensitive and know wildcards", () => {
    expect(decide([{ ...allowAll, Resource: TABLE.toLowerCase() }])).toBe("implicit deny");
    expect(decide([{ ...allowAll, Resource: "arn:aws:dynamodb:*:123456789012:table/Game*" }])).toBe("allow");
    expect(decide([{ ...allowAll, Resource: `${TABLE}?` }])).toBe("implicit deny");
  });

  test("a table's ARN does not include its indexes, and a bucket's does not include its objects", () => {
    expect(decide([{ ...allowAll, Resource: TABLE }], { resource: `${TABLE}/index/active` })).toBe("implicit deny");
    const objects = { Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::bucket/*" };
    expect(decide([objects], { action: "s3:ListBucket", resource: "arn:aws:s3:::bucket" })).toBe("implicit deny");
    expect(decide([objects], { action: "s3:GetObject", resource: "arn:aws:s3:::bucket/a/b" })).toBe("allow");
  });

  test("a log group's streams are below its ARN, which ends with a wildcard", () => {
    const group = "arn:aws:logs:eu-west-1:123456789012:log-group:name:*";
    const resource = "arn:aws:logs:eu-west-1:123456789012:log-group:name:log-stream:i-1/agent";
    expect(
      decide([{ ...allowAll, Action: "logs:*", Resource: group }], { action: "logs:PutLogEvents", resource }),
    ).toBe("allow");
  });

  test("an action that knows no resource is allowed by * alone", () => {
    const listing = { action: "cloudfront:ListDistributions", resource: "*" };
    expect(decide([{ ...allowAll, Action: "cloudfront:*" }], listing)).toBe("allow");
    const one = { ...allowAll, Action: "cloudfront:*", Resource: "arn:aws:cloudfront::*:distribution/*" };
    expect(decide([one], listing)).toBe("implicit deny");
  });

  test("an incomplete ARN is refused", () => {
    expect(() => decide([{ ...allowAll, Resource: "arn:aws:dynamodb" }])).toThrow("no complete ARN");
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
describe("condition operators of single-valued keys", () => {
  test.each([
    ["StringEquals is case-sensitive", { StringEquals: { "aws:username": "johndoe" } }, "JohnDoe", "implicit deny"],
    ["StringEquals knows no wildcard", { StringEquals: { "aws:username": "john*" } }, "johndoe", "implicit deny"],
    ["one of several values is enough", { StringEquals: { "aws:username": ["a", "johndoe"] } }, "johndoe", "allow"],
    ["StringLike knows *", { StringLike: { "aws:username": "john*" } }, "johndoe", "allow"],
    ["StringLike knows ?", { StringLike: { "aws:username": "john?oe" } }, "johndoe", "allow"],
    ["Bool compares words", { Bool: { "aws:username": "true" } }, "true", "allow"],
    ["NumericLessThan compares numbers", { NumericLessThan: { "aws:username": "1.2" } }, "1.10", "allow"],
    ["NumericLessThan excludes equal numbers", { NumericLessThan: { "aws:username": "1.2" } }, "1.2", "implicit deny"],
    ["ArnLike compares parts", { ArnLike: { "aws:username": "arn:aws:sns:*:*:t" } }, "arn:aws:sns:a:1:t", "allow"],
    ["ArnLike compares each part", { ArnLike: { "aws:username": "arn:aws:*:t" } }, "arn:aws:sns:a:1:t", "throws"],
  ] as const)("%s", (_, condition, value, expected) => {
    const run = () => decideIf(condition, { "aws:username": value });
    if (expected === "throws") expect(run).toThrow();
    else expect(run()).toBe(expected);
  });

  test("all operators and all keys of a condition must hold", () => {
    const both = { StringEquals: { "a:one": "1", "a:two": "2" }, StringLike: { "a:three": "3*" } };
    expect(decideIf(both, { "a:one": "1", "a:two": "2", "a:three": "33" })).toBe("allow");
    expect(decideIf(both, { "a:one": "1", "a:two": "3", "a:three": "33" })).toBe("implicit deny");
    expect(decideIf(both, { "a:one": "1", "a:two": "2", "a:three": "4" })).toBe("implicit deny");
  });

  test("names of keys are not case-sensitive", () => {
    expect(decideIf({ StringEquals: { "AWS:UserName": "a" } }, { "aws:username": "a" })).toBe("allow");
  });

  test("an absent key does not match, unless IfExists allows that", () => {
    expect(decideIf({ StringEquals: { "aws:username": "a" } }, {})).toBe("implicit deny");
    expect(decideIf({ StringEqualsIfExists: { "aws:username": "a" } }, {})).toBe("allow");
    expect(decideIf({ StringEqualsIfExists: { "aws:username": "a" } }, { "aws:username": "b" })).toBe("implicit deny");
  });

  test("Null true wants a key absent, Null false wants it present and not empty", () => {
    expect(decideIf({ Null: { "aws:username": "true" } }, {})).toBe("allow");
    expect(decideIf({ Null: { "aws:username": "false" } }, {})).toBe("implicit deny");
    expect(decideIf({ Null: { "aws:username": "false" } }, { "aws:username": "a" })).toBe("allow");
    expect(decideIf({ Null: { "aws:username": "true" } }, { "aws:username": "a" })).toBe("implicit deny");
    expect(decideIf({ Null: { "aws:username": "false" } }, { "aws:username": [] })).toBe("implicit deny");
  });

  test.each(["StringMatches", "IpAddress", "NullIfExists", "ForAllValues:Null", "ForSome:StringEquals"])(
    "the operator %s is refused, also in a statement that does not match",
    (operator) => {
      expect(() => parseStatement({ ...allowAll, Condition: { [operator]: { "aws:username": "a" } } })).toThrow(
        operator,
      );
    },
  );
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
describe("set operators of multivalued keys", () => {
  const all = { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["count#*", "beat#*"] } };
  const any = { "ForAnyValue:StringLike": { "dynamodb:LeadingKeys": ["count#*", "beat#*"] } };

  test("ForAllValues wants every value to match one that is listed", () => {
    expect(decideIf(all, { "dynamodb:LeadingKeys": ["count#1", "beat#2"] })).toBe("allow");
    expect(decideIf(all, { "dynamodb:LeadingKeys": ["count#1", "token#2"] })).toBe("implicit deny");
  });

  test("ForAllValues holds for a key that is absent or empty, and Null prevents that", () => {
    expect(decideIf(all, {})).toBe("allow");
    expect(decideIf(all, { "dynamodb:LeadingKeys": [] })).toBe("allow");
    expect(decideIf({ ...all, Null: { "dynamodb:LeadingKeys": "false" } }, {})).toBe("implicit deny");
  });

  test("ForAnyValue wants one value to match", () => {
    expect(decideIf(any, { "dynamodb:LeadingKeys": ["token#1", "beat#2"] })).toBe("allow");
    expect(decideIf(any, { "dynamodb:LeadingKeys": ["token#1"] })).toBe("implicit deny");
    expect(decideIf(any, {})).toBe("implicit deny");
  });

  test("an operator without a set operator is refused for a multivalued key", () => {
    const single = { StringEquals: { "dynamodb:LeadingKeys": "a" } };
    expect(() => decideIf(single, { "dynamodb:LeadingKeys": ["a"] })).toThrow("set operator");
  });
});

// The policy of https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html, "Example 2".
describe("access to specific attributes of a table", () => {
  const statement = {
    Effect: "Allow",
    Action: ["dynamodb:GetItem", "dynamodb:Query"],
    Resource: TABLE,
    Condition: {
      "ForAllValues:StringEquals": { "dynamodb:Attributes": ["UserId", "TopScore"] },
      StringEqualsIfExists: {
        "dynamodb:Select": "SPECIFIC_ATTRIBUTES",
        "dynamodb:ReturnValues": ["NONE", "UPDATED_NEW"],
      },
    },
  };

  test("listed attributes may be read", () => {
    const context = { "dynamodb:Attributes": ["UserId", "TopScore"], "dynamodb:Select": "SPECIFIC_ATTRIBUTES" };
    expect(decide([statement], { context })).toBe("allow");
  });

  test("another attribute may not", () => {
    const context = { "dynamodb:Attributes": ["UserId", "Wins"], "dynamodb:Select": "SPECIFIC_ATTRIBUTES" };
    expect(decide([statement], { context })).toBe("implicit deny");
  });

  test("the whole item may not", () => {
    const context = { "dynamodb:Attributes": ["UserId"], "dynamodb:Select": "ALL_ATTRIBUTES" };
    expect(decide([statement], { context })).toBe("implicit deny");
  });
});
