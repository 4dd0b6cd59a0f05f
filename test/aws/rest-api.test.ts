import { APIGatewayClient, CreateDeploymentCommand } from "@aws-sdk/client-api-gateway";
import { expect, it, vi } from "vitest";
import { deployApi } from "../../aws/stack-resources.ts";

function newApi(answer: object) {
  const client = new APIGatewayClient({ region: "us-east-1" });
  const asked: unknown[] = [];
  vi.spyOn(client, "send").mockImplementation(async (command: unknown) => {
    if (!(command instanceof CreateDeploymentCommand)) throw new Error("unplanned");
    asked.push(command.input);
    return answer;
  });
  return { deploy: () => deployApi(client, "api"), asked };
}

it("is deployed without a stage: which one serves it is CloudFormation's to say", async () => {
  const { deploy, asked } = newApi({ id: "newest" });
  expect(await deploy()).toBe("newest");
  expect(asked).toEqual([{ restApiId: "api" }]);
});

it("without an id in the answer is a fault", async () => {
  await expect(newApi({}).deploy()).rejects.toThrow("no deployment id for api");
});
