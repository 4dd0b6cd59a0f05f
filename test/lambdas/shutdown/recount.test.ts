import { expect, it, vi } from "vitest";
import type { UrlLists } from "../../../aws/lists.ts";
import { recount } from "../../../lambdas/shutdown/recount.ts";
import { FakeLists, FakeRequestPops, FakeRequests, FakeResults } from "../fakes.ts";
import { request } from "../items.ts";

it("the report, which people open, is written so that it carries no formula into a spreadsheet", async () => {
  const write = vi.fn<UrlLists["write"]>(async () => undefined);
  const item = request();
  const lists = { read: (key: string) => new FakeLists({ "r1/success_urls.csv": [] }).read(key), write };
  await recount({ lists, requestPops: new FakeRequestPops(new FakeRequests(item)), results: new FakeResults() }, item);
  expect(write).toHaveBeenCalledExactlyOnceWith("r1/report.csv", expect.anything(), { forSpreadsheets: true });
});
