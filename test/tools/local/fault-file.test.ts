import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { faultFile, faultRules } from "../../../tools/local/fault-file.ts";
import { folderWith } from "../../folder-with.ts";

const refused = { kind: "status", status: 403 } as const;
const asked = (path = "/index.html", pop = "SIN2-P1", method = "GET") => ({
  path,
  pop,
  method,
  address: "127.77.0.1",
  client: "127.0.0.1",
  headers: {},
});

test("the file may come, change, be wrong, and go while the edge runs; each is said once", () => {
  const file = join(folderWith(), "faults.json");
  const said: string[] = [];
  const hook = faultFile(file, (line) => said.push(line));
  const twice = () => [hook(asked()), hook(asked())];

  expect(twice()).toEqual([undefined, undefined]);
  writeFileSync(file, JSON.stringify([{ fault: refused }]));
  expect(twice()).toEqual([refused, refused]);
  writeFileSync(file, '[{"fault":{"kind":"slow","ms":10}}]');
  expect(hook(asked())).toEqual({ kind: "slow", ms: 10 });
  writeFileSync(file, "[{}]");
  expect(twice()).toEqual([undefined, undefined]);
  rmSync(file);
  expect(twice()).toEqual([undefined, undefined]);
  expect(said).toEqual([
    expect.stringContaining("has the faults of"),
    expect.stringContaining("has the faults of"),
    expect.stringMatching(/is not used:\n.*fault/s),
    "The edge has no faults any more.",
  ]);
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
  expect(hook(asked("/css/site.css?v=1", "SIN2-P1", "HEAD"))).toBeUndefined();
  expect(hook(asked("/css/site.css", "NRT57-P2"))).toEqual({ kind: "slow", ms: 5 });
  expect(hook(asked("/index.html", "FRA56-P4"))).toEqual({ kind: "stall", after: 0 });
  expect(hook(asked())).toBeUndefined();
});

test.each([
  ["[{ 'path'", /JSON/],
  ['[{"pop":"SIN2-P1","fault":{"kind":"stall"}}]', /"pop"/],
  ['[{"fault":{"kind":"explode"}}]', /kind/],
  ['[{"fault":{"kind":"status","status":"403"}}]', /fault\.status/],
])("%s is an error that names what is wrong", (text, says) => {
  expect(() => faultRules(text)).toThrow(says);
});
