import { ConfiguredStack, type Parameters, stackTemplateSchema } from "../../../tools/release/stack-template.ts";

const PARAMETERS = { mode: { Default: "on" }, most: { Default: 0 }, list: { Default: "" } };
const IS_ON = { "Fn::Equals": [{ Ref: "mode" }, "on"] };

function configured(condition: unknown, properties: object = {}, given: Parameters = {}) {
  return new ConfiguredStack(
    stackTemplateSchema.parse({
      Parameters: PARAMETERS,
      Conditions: { IsOn: IS_ON, Tried: condition },
      Resources: {
        It: { Type: "A::B::C", Condition: "Tried", Properties: properties },
        Queue: { Type: "AWS::SQS::Queue" },
      },
    }),
    given,
  );
}

const isThere = (condition: unknown, given?: Parameters) =>
  configured(condition, {}, given)
    .resources()
    .some(([id]) => id === "It");

describe("a condition of a template", () => {
  it.each([
    ["Fn::Equals", IS_ON, true],
    ["Fn::Equals of a number", { "Fn::Equals": [{ Ref: "most" }, "0"] }, true],
    ["Fn::Equals of a joined list", { "Fn::Equals": [{ "Fn::Join": [",", { Ref: "list" }] }, ""] }, true],
    ["Fn::Equals of a pseudo parameter", { "Fn::Equals": [{ Ref: "AWS::Partition" }, "aws-cn"] }, false],
    ["Fn::Not", { "Fn::Not": [IS_ON] }, false],
    ["Fn::And", { "Fn::And": [IS_ON, { "Fn::Not": [IS_ON] }] }, false],
    ["Fn::Or", { "Fn::Or": [{ "Fn::Not": [IS_ON] }, IS_ON] }, true],
    ["another condition", { Condition: "IsOn" }, true],
  ])("%s is evaluated with the defaults", (_, condition, holds) => {
    expect(isThere(condition)).toBe(holds);
  });

  it("is evaluated with the given parameters", () => {
    expect(isThere(IS_ON, { mode: "off" })).toBe(false);
    expect(isThere({ "Fn::Equals": [{ Ref: "most" }, "0"] }, { most: "10" })).toBe(false);
  });

  it("is refused if it is of an unknown form, or if the parameter is unknown", () => {
    expect(() => isThere({ "Fn::Contains": [] })).toThrow("Cannot evaluate");
    expect(() => isThere({ "Fn::Equals": [{ Ref: "other" }, ""] })).toThrow("Cannot evaluate");
    expect(() => isThere(IS_ON, { mood: "on" })).toThrow("no parameter 'mood'");
  });
});

describe("properties of a resource", () => {
  const properties = {
    Config: { "Fn::If": ["IsOn", { Mode: "Active" }, { Ref: "AWS::NoValue" }] },
    Nested: [{ Value: { "Fn::If": ["IsOn", 10, 2] } }],
    Name: { Ref: "mode" },
    Other: { Ref: "Queue" },
  };
  it("are left out where they have no value", () => {
    const always = { "Fn::Not": [{ "Fn::Equals": ["a", "b"] }] };
    const [, it] = configured(always, properties, { mode: "off" }).resources()[0] ?? [];
    expect(it?.Properties).toEqual({ Nested: [{ Value: 2 }], Name: "off", Other: { Ref: "Queue" } });
  });

  it("name other resources", () => {
    const stack = configured(IS_ON);
    expect(stack.resourceOf({ "Fn::GetAtt": ["Queue", "Arn"] })[1].Type).toBe("AWS::SQS::Queue");
    expect(() => stack.resourceOf({ "Fn::GetAtt": ["Gone", "Arn"] })).toThrow("no attribute");
    expect(() => stack.resourceOf("arn:aws:sqs:us-east-1:123456789012:a")).toThrow("no attribute");
  });
});
