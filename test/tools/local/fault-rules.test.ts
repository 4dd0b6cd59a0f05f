import { expect, test } from "vitest";
import { faultRules } from "../../../tools/local/fault-file.ts";

const refused = { kind: "status", status: 403 } as const;
const asked = (path: string, pop = "SIN2-P1", method = "GET") => ({
  path,
  pop,
  method,
  address: "127.77.0.1",
  client: "127.0.0.1",
  headers: {},
});

test("the first rule that fits a download counts; path and POPs may be left out", () => {
  const hook = faultRules(
    JSON.stringify([
      { path: "/css/*", pops: ["sin2-p1"], fault: refused },
      { path: "/css/site.css", fault: { kind: "slow", ms: 5 } },
      { pops: ["FRA56-P4"], fault: { kind: "stall" } },
    ]),
  );
  expect(hook(asked("/css/site.css?v=1"))).toEqual(refused);
  expect(hook(asked("/css/site.css", "NRT57-P2"))).toEqual({ kind: "slow", ms: 5 });
  expect(hook(asked("/index.html", "FRA56-P4"))).toEqual({ kind: "stall", after: 0 });
  expect(hook(asked("/index.html"))).toBeUndefined();
});

test("a question for the size is answered", () => {
  expect(faultRules(JSON.stringify([{ fault: refused }]))(asked("/", "SIN2-P1", "HEAD"))).toBeUndefined();
});

test("what makes no sense is an error that names the field", () => {
  expect(() => faultRules("[{ 'path'")).toThrow(/JSON/);
  expect(() => faultRules(JSON.stringify([{ pop: "SIN2-P1", fault: refused }]))).toThrow(/"pop"/);
  expect(() => faultRules(JSON.stringify([{ fault: { kind: "explode" } }]))).toThrow(/kind/);
  expect(() => faultRules(JSON.stringify([{ fault: { kind: "status", status: "403" } }]))).toThrow(/fault\.status/);
});
