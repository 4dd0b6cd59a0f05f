import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { Retirement, type RetirementOptions, retire } from "../../../agent/instance/retirement.ts";
import { logger } from "../fake-deps.ts";

const HOUR_MS = 3_600_000;
const fail = () => Promise.reject(new Error("no table"));

function retirementOf(listActive: RetirementOptions["requests"]["listActive"]) {
  const left = vi.fn(async () => undefined);
  return { left, retirement: new Retirement({ requests: { listActive }, retire: left, retireMs: HOUR_MS, logger }) };
}

describe("an instance", () => {
  test("leaves its group when no request is active and it had no work for a while", async () => {
    const { retirement, left } = retirementOf(async () => []);
    expect([await retirement.check(HOUR_MS - 1), left.mock.calls.length]).toEqual([false, 0]);
    expect([await retirement.check(HOUR_MS), left.mock.calls.length]).toEqual([true, 1]);
  });

  test("stays while a request is active, however long it has had no work", async () => {
    const { retirement, left } = retirementOf(async () => [{ req_id: "r1" }]);
    expect([await retirement.check(10 * HOUR_MS), left.mock.calls.length]).toEqual([false, 0]);
  });

  test("that cannot read the requests, or cannot leave, tries again", async () => {
    const { retirement, left } = retirementOf(vi.fn(async () => []).mockImplementationOnce(fail));
    left.mockImplementationOnce(fail);
    expect([await retirement.check(HOUR_MS), left.mock.calls.length]).toEqual([false, 0]);
    expect([await retirement.check(HOUR_MS), left.mock.calls.length]).toEqual([false, 1]);
    expect(await retirement.check(HOUR_MS)).toBe(true);
  });

  test("leaves for good: the group wants one less", async () => {
    const client = new AutoScalingClient({ region: "eu-west-1" });
    const send = vi.spyOn(client, "send").mockImplementation(() => undefined);
    await retire(client, "i-1");
    const input = { InstanceId: "i-1", ShouldDecrementDesiredCapacity: true };
    expect(send.mock.calls).toMatchObject([[{ input }]]);
  });
});
