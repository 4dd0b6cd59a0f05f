// The command `prewarm` against the deployed stack: what it prints of a request that ends well. test/cli has its other ends.
import { ANSWERS } from "../../domain/api/answers.ts";
import { HOST } from "../../tools/local/world.ts";
import { buildCommand, CommandLine } from "./command-line.ts";
import { deployedStack } from "./deployed-stack.ts";

beforeAll(buildCommand);

describe("the command", () => {
  const running = deployedStack();
  const command = new CommandLine(running);

  it("exits with 0 if the site is ready; status, list, report and open show the same request", async () => {
    const { code, stdout, stderr } = await command.run(
      "warm",
      `https://${HOST}/index.html`,
      "--pop",
      "SIN2-C1,ATL56-C1",
      "--timeout",
      "5m",
    );
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const lines = stdout.trim().split("\n");
    expect(lines[0]).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ [0-9a-f]{8} [A-Z_]+ \d+% tasks=\d+\/\d+ warm=\d+ hit=\d+ /,
    );
    expect(lines.at(-3)).toContain("FINISHED 100% tasks=2/2");
    expect(lines.at(-2)).toContain("embedded POPs");
    expect(lines.at(-1)).toMatch(/^Ready for traffic/);
    const id = /[0-9a-f]{8}-[0-9a-f-]+/.exec(stderr)?.[0] ?? "";

    const status = await command.run("status", id.slice(0, 6), "--pops");
    expect(status.code).toBe(0);
    expect(status.stdout).toContain("SIN2-C1");
    expect(status.stdout.trim().split("\n").at(-1)).toBe(lines.at(-1));

    const list = await command.run("list", "--json");
    expect(ANSWERS["GET /requests"][200].parse(JSON.parse(list.stdout)).requests[0]?.request_id).toBe(id);
    const progress = await command.run("status", id, "--json");
    expect(ANSWERS["GET /prewarm"][200].parse(JSON.parse(progress.stdout)).status).toBe("FINISHED");

    const { apiUrl } = running().prewarm;
    const opened = await command.run("open", id.slice(0, 6), "--print");
    expect(opened).toEqual({ code: 0, stdout: `${apiUrl}console#/r/${id}\n`, stderr: "" });

    const all = await command.run("report", id, "--all", "--format", "json");
    expect(JSON.parse(all.stdout)).toHaveLength(2);
    const failed = await command.run("report", id);
    expect(failed.stdout.trim().split("\n")).toHaveLength(1);
  });
});
