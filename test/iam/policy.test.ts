// Cases follow AWS's documents: the links stand with what they describe. That each piece of a policy counts is shown by
// test/pipeline/permissions.test.ts, which removes one after the other.
import { type Decision, evaluate, type PermissionRequest, parseStatement } from "./policy.ts";

const TABLE = "arn:aws:dynamodb:us-west-2:123456789012:table/GameScores";
const allowAll = { Effect: "Allow", Action: "dynamodb:*", Resource: "*" };

function decide(statement: object, request: Partial<PermissionRequest> = {}): Decision {
  const read = { action: "dynamodb:GetItem", resource: TABLE, context: {} };
  return evaluate([parseStatement({ ...allowAll, ...statement })], { ...read, ...request });
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
test("a Deny counts more than an Allow, wherever it stands, unless its condition does not hold", () => {
  const deny = parseStatement({
    ...allowAll,
    Effect: "Deny",
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  });
  const allow = parseStatement(allowAll);
  const request = (secure: string) => ({
    action: "dynamodb:GetItem",
    resource: TABLE,
    context: { "aws:SecureTransport": secure },
  });
  expect(evaluate([allow, deny], request("false"))).toBe("explicit deny");
  expect(evaluate([deny, allow], request("false"))).toBe("explicit deny");
  expect(evaluate([deny, allow], request("true"))).toBe("allow");
});

test.each([
  [{ NotAction: "*" }, "NotAction"],
  [{ NotResource: "*" }, "NotResource"],
  [{ NotPrincipal: "*" }, "NotPrincipal"],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable looks so
  [{ Resource: "arn:aws:s3:::b/${aws:username}" }, "policy variables"],
  ...["StringMatches", "IpAddress", "NullIfExists", "ForAllValues:Null", "ForAnyValue:StringEquals"].map(
    (operator): [object, string] => [{ Condition: { [operator]: { "aws:username": "a" } } }, operator],
  ),
])("%j is refused: it is not supported here", (element, message) => {
  expect(() => parseStatement({ ...allowAll, ...element })).toThrow(message);
});

const LISTING = { action: "cloudfront:ListDistributions", resource: "*" };
const OBJECTS = { Action: "s3:*", Resource: "arn:aws:s3:::bucket/*" };
const STREAM = {
  action: "logs:PutLogEvents",
  resource: "arn:aws:logs:eu-west-1:123456789012:log-group:name:log-stream:i-1/agent",
};

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html, …_resource.html
test.each<[string, object, Decision, Partial<PermissionRequest>?]>([
  ["actions are not case-sensitive", { Action: "DynamoDB:getitem" }, "allow"],
  ["actions know *", { Action: "dynamodb:Get*" }, "allow"],
  ["actions know ?", { Action: "dynamodb:GetIte?" }, "allow"],
  ["? is one character", { Action: "dynamodb:GetIt?" }, "implicit deny"],
  ["resources are case-sensitive", { Resource: TABLE.toLowerCase() }, "implicit deny"],
  ["resources know *", { Resource: "arn:aws:dynamodb:*:123456789012:table/Game*" }, "allow"],
  ["resources know ?", { Resource: `${TABLE}?` }, "implicit deny"],
  ["a table is not its indexes", { Resource: TABLE }, "implicit deny", { resource: `${TABLE}/index/active` }],
  [
    "a bucket's objects are not the bucket",
    OBJECTS,
    "implicit deny",
    { action: "s3:ListBucket", resource: "arn:aws:s3:::bucket" },
  ],
  ["objects have slashes", OBJECTS, "allow", { action: "s3:GetObject", resource: "arn:aws:s3:::bucket/a/b" }],
  [
    "a log group's streams are below its ARN",
    { Action: "logs:*", Resource: "arn:aws:logs:eu-west-1:123456789012:log-group:name:*" },
    "allow",
    STREAM,
  ],
  ["an action without resource is allowed by *", { Action: "cloudfront:*" }, "allow", LISTING],
  [
    "an action without resource is allowed by * alone",
    { Action: "cloudfront:*", Resource: "arn:aws:cloudfront::*:distribution/*" },
    "implicit deny",
    LISTING,
  ],
])("%s", (_, statement, decision, request) => {
  expect(decide(statement, request)).toBe(decision);
});

test("an incomplete ARN is refused", () => {
  expect(() => decide({ Resource: "arn:aws:dynamodb" })).toThrow("no complete ARN");
});

const KEYS = ["count#*", "beat#*"];
const all = { "ForAllValues:StringLike": { key: KEYS } };

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
test.each<[string, object, string | readonly string[] | undefined, Decision]>([
  ["StringEquals is case-sensitive", { StringEquals: { key: "johndoe" } }, "JohnDoe", "implicit deny"],
  ["StringEquals knows no wildcard", { StringEquals: { key: "john*" } }, "johndoe", "implicit deny"],
  ["one of several values is enough", { StringEquals: { key: ["a", "johndoe"] } }, "johndoe", "allow"],
  ["names of keys are not case-sensitive", { StringEquals: { KEY: "a" } }, "a", "allow"],
  ["an absent key does not match", { StringEquals: { key: "a" } }, undefined, "implicit deny"],
  ["IfExists lets a key be absent", { StringEqualsIfExists: { key: "a" } }, undefined, "allow"],
  ["IfExists compares what is there", { StringEqualsIfExists: { key: "a" } }, "b", "implicit deny"],
  ["StringLike knows *", { StringLike: { key: "john*" } }, "johndoe", "allow"],
  ["StringLike knows ?", { StringLike: { key: "john?oe" } }, "johndoe", "allow"],
  ["Bool compares words", { Bool: { key: "true" } }, "true", "allow"],
  ["NumericLessThan compares numbers", { NumericLessThan: { key: "1.2" } }, "1.10", "allow"],
  ["NumericLessThan excludes equal numbers", { NumericLessThan: { key: "1.2" } }, "1.2", "implicit deny"],
  ["all operators must hold", { StringEquals: { key: "ab" }, StringLike: { key: "b*" } }, "ab", "implicit deny"],
  ["all keys must hold", { StringEquals: { key: "a", another: "b" } }, "a", "implicit deny"],
  ["Null true wants a key absent", { Null: { key: "true" } }, undefined, "allow"],
  ["Null true refuses one", { Null: { key: "true" } }, "a", "implicit deny"],
  ["Null false wants it present", { Null: { key: "false" } }, undefined, "implicit deny"],
  ["Null false takes a value", { Null: { key: "false" } }, "a", "allow"],
  ["Null false refuses an empty list", { Null: { key: "false" } }, [], "implicit deny"],
  ["ForAllValues wants every value to match", all, ["count#1", "token#2"], "implicit deny"],
  ["ForAllValues takes any of those that are listed", all, ["count#1", "beat#2"], "allow"],
  ["ForAllValues holds for an absent key", all, undefined, "allow"],
  ["ForAllValues holds for an empty one", all, [], "allow"],
  ["Null prevents that", { ...all, Null: { key: "false" } }, undefined, "implicit deny"],
])("%s", (_, Condition, value, decision) => {
  expect(decide({ Condition }, { context: value === undefined ? {} : { key: value } })).toBe(decision);
});

test("an operator without a set operator is refused for a multivalued key", () => {
  const request = { context: { key: ["a"] } };
  expect(() => decide({ Condition: { StringEquals: { key: "a" } } }, request)).toThrow("set operator");
});
