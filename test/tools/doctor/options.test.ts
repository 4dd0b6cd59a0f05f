import { describe, expect, test } from "vitest";
import { parseOptions, UsageError } from "../../../tools/doctor/options.ts";

const words = (text: string) => text.split(" ").filter((word) => word !== "");
const NETWORK = "--before --vpc vpc-1 --subnets subnet-1,subnet-2 --sg sg-1";

describe("the command line", () => {
  test("without words is the deployed stack", () => {
    expect(parseOptions([])).toMatchObject({ phases: ["deployed"], json: false, local: false, pops: [] });
  });

  test("with all words", () => {
    expect(
      parseOptions(words(`${NETWORK} --vpce vpce-1 --edge --url https://a.example.com/x --pops sin2-p1`)),
    ).toMatchObject({
      phases: ["before", "edge"],
      network: { vpc: "vpc-1", subnets: ["subnet-1", "subnet-2"], sg: "sg-1", vpce: "vpce-1" },
      pops: ["SIN2-P1"],
    });
  });

  test.each([
    ["deployed", "Unexpected argument 'deployed'"],
    ["--stak x", "Unknown option '--stak'"],
    ["--edge", "--edge needs --url"],
    ["--edge --url example.com", "'example.com' is no URL"],
    ["--edge --url ftp://example.com/x", "is no URL"],
    ["--edge --url https://a.example.com/ --pops SIN", "'SIN' in --pops is no POP"],
    ["--smoke --url https://a.example.com/x", "--smoke needs --pops with two"],
    ["--smoke --url https://a.example.com/x --pops SIN2-P1,SIN2-P1", "--smoke needs --pops with two"],
    ["--before --vpc vpc-1", "needs all of --vpc, --subnets and --sg"],
    ["--before --vpc x --subnets subnet-1 --sg sg-1", "'x' in --vpc is no id"],
    [NETWORK.replace("--before", "--deployed"), "--vpc is looked at with --before"],
    ["--local --profile x", "--local asks this machine"],
  ])("%s is refused", (text, says) => {
    expect(() => parseOptions(words(text))).toThrow(UsageError);
    expect(() => parseOptions(words(text))).toThrow(says);
  });

  test("with --help is not looked at any further", () => {
    expect(parseOptions(["--help", "--edge"]).help).toBe(true);
  });
});
