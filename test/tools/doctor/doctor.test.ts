// The doctor as a whole: each check sends its reader to a section of the documents that is there.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { doctorClients } from "../../../tools/doctor/clients.ts";
import { checksOf } from "../../../tools/doctor/doctor.ts";
import { parseOptions } from "../../../tools/doctor/options.ts";
import { anchors } from "../../docs/markdown.ts";

const WORDS =
  "--before --vpc vpc-1 --subnets subnet-1 --sg sg-1 --vpce vpce-1 --deployed --edge --url https://a.example.com/x --smoke --pops SIN2-P1,FRA56-P4";
const place = {
  isAws: true,
  region: "eu-west-1",
  endpoint: undefined,
  stackName: "S",
  api: undefined,
  edge: undefined,
};
const checks = checksOf(parseOptions(WORDS.split(" ")), place, doctorClients({ region: "eu-west-1" }), () => undefined);

test.each([...new Set(checks.map(({ docs }) => docs))])("%s is there", (docs) => {
  const [file, anchor] = docs.split("#");
  const text = readFileSync(fileURLToPath(new URL(`../../../${file}`, import.meta.url)), "utf8");
  expect(anchors(text)).toContain(anchor);
});

test("no two checks of a phase have one name", () => {
  const names = checks.map(({ phase, name }) => `${phase}: ${name}`);
  expect(new Set(names).size).toBe(names.length);
});
