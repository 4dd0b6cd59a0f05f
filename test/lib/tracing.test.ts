import { expect, test } from "vitest";
import { resourcesOf, synthesizeStacks, theOnly } from "./synth.ts";

test.each(synthesizeStacks())(
  "$name: tracing=on has AWS X-Ray trace the API and every function, off nothing",
  ({ template }) => {
    const [[isOn] = []] = Object.entries(template.findConditions("*")).filter(
      ([, it]) => JSON.stringify(it) === '{"Fn::Equals":[{"Ref":"tracing"},"on"]}',
    );
    expect(isOn).toBeDefined();
    const functions = resourcesOf(template, "AWS::Lambda::Function");
    expect(functions.length).toBeGreaterThan(9);
    for (const [, { Properties }] of functions)
      expect(Properties.TracingConfig).toEqual({ Mode: { "Fn::If": [isOn, "Active", "PassThrough"] } });
    expect(theOnly(template, "AWS::ApiGateway::Stage").TracingEnabled).toEqual({ "Fn::If": [isOn, true, false] });

    const writing = resourcesOf(template, "AWS::IAM::Policy").filter(([, it]) => JSON.stringify(it).includes("xray:"));
    expect(writing).toHaveLength(1);
    expect(writing[0]?.[1]).not.toHaveProperty("Condition");
    expect(writing[0]?.[1].Properties.PolicyDocument.Statement).toMatchObject([
      { Effect: { "Fn::If": [isOn, "Allow", "Deny"] }, Action: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"] },
    ]);
    const roles = functions.map(([, { Properties }]) => ({ Ref: Properties.Role["Fn::GetAtt"][0] }));
    expect(new Set(writing[0]?.[1].Properties.Roles.map(JSON.stringify))).toEqual(
      new Set(roles.map((it) => JSON.stringify(it))),
    );
  },
);
