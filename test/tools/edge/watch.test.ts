import { expect, it } from "vitest";
import { EdgeWatch } from "../../../tools/edge/faults.ts";

const asked = (path: string, method = "GET") => ({
  pop: "SIN2-P1",
  address: "127.77.0.1",
  client: "127.200.0.1",
  method,
  path,
  headers: {},
});

it("notes every GET, and slows what it is told to", () => {
  const watch = new EdgeWatch();
  watch.slow(["/long.bin"], 1_000);
  const hook = watch.hook(() => ({ kind: "status", status: 503 }));
  expect(hook(asked("/long.bin"))).toEqual({ kind: "drip", bytesPerSecond: 1_000 });
  expect(hook(asked("/a.bin", "HEAD"))).toEqual({ kind: "status", status: 503 });
  expect(watch.hook()(asked("/a.bin"))).toBeUndefined();
  expect(watch.gets).toMatchObject([{ pop: "SIN2-P1", path: "/long.bin", client: "127.200.0.1" }, { path: "/a.bin" }]);
});
