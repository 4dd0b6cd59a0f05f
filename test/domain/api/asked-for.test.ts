import { expect, it } from "vitest";
import { describeRequest, progressAnswer } from "../../../domain/api/request-view.ts";
import { NO_PROGRESS } from "../../../domain/request/progress.ts";
import { request } from "../../lambdas/items.ts";

const VIEW = { now: Date.parse("2024-04-16T03:15:09.499Z"), heartbeatTimeoutMs: 60_000 };

it("tells what was asked for, and no headers", () => {
  const variants = [{ name: "br", header: ["Authorization: secret"] }];
  const asked = { verify: "off", order: "lead-first", origin: { concurrency: 3 } } as const;
  const item = request({
    ...asked,
    url_count: 2,
    url_prefix: "https://www.example.com/",
    variants,
    variant_names: ["br"],
  });
  const said = progressAnswer(describeRequest(item, NO_PROGRESS, VIEW), {});
  expect(said).toMatchObject({
    ...asked,
    url_count: 2,
    url_prefix: "https://www.example.com/",
    pop_count: item.pops.length,
    variant_names: ["br"],
  });
  expect(JSON.stringify(said)).not.toContain("secret");
});
