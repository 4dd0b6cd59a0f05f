// maxActiveRequests bounds the requests that are active at once, also for calls of the same moment.
import { body } from "../../e2e/bodies.ts";
import { type PipelineStack, pipelineStack } from "./stack.ts";

const MAX_ACTIVE = 5;
const REJECTED =
  "with this one there would be: 6 active requests, but maxActiveRequests of this deployment is 5 (a parameter of the stack)";

describe("fifty calls at once, of which five may be active", () => {
  const stack = pipelineStack({ parameters: { maxActiveRequests: String(MAX_ACTIVE) } });
  const callAtOnce = async (stack: PipelineStack, calls: number, changes: (n: number) => object = () => ({})) => {
    const answers = await Promise.all(
      Array.from({ length: calls }, (_, n) => stack.post("prewarm", body({ instance_count: 0, ...changes(n) }))),
    );
    const ids = answers.flatMap(({ status, json }) => (status === 200 ? [String(json["request_id"])] : []));
    const messages = answers.flatMap(({ status, json }) => (status === 400 ? [String(json["error_message"])] : []));
    return { ids, messages };
  };
  const stop = (stack: PipelineStack, reqId: string) =>
    stack.post("instances", { DesiredCapacity: 0, req_id: reqId, force_stop: true });

  it("create five, and leave nothing of the others; when these have ended, another five are created", async () => {
    for (const [round, calls] of [50, 8].entries()) {
      const { ids, messages } = await callAtOnce(stack, calls);
      expect([ids.length, messages.length]).toEqual([MAX_ACTIVE, calls - MAX_ACTIVE]);
      // A call that came late sees what was created; one that saw less is rejected when its request is put.
      expect(new Set(messages)).toEqual(new Set([REJECTED]));
      const { requests, schedules } = await stack.inventory();
      expect([requests, schedules]).toEqual([(round + 1) * MAX_ACTIVE, MAX_ACTIVE]);
      for (const reqId of ids) await stop(stack, reqId);
      await stack.pipeline.until(() => stack.pipeline.aws.scheduler.schedules.size === 0, "no timer is left");
    }
  });

  it("with one client token each create five, and a rejected token can be sent again", async () => {
    const { ids, messages } = await callAtOnce(stack, 8, (n) => ({ client_token: `token-${n}` }));
    expect([ids.length, messages.length]).toEqual([MAX_ACTIVE, 8 - MAX_ACTIVE]);
    await stop(stack, ids[0] ?? "");
    const again = await callAtOnce(stack, 8, (n) => ({ client_token: `token-${n}` }));
    // The tokens of before stand for their requests, and one permit is free.
    expect(new Set(again.ids).size).toBe(MAX_ACTIVE + 1);
  });
});
