// The command as its users run it: the bundle as a process, against the deployed stack, in a pipe and on a terminal.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HOST } from "../../../tools/local/world.ts";
import { folderWith } from "../../folder-with.ts";
import { body } from "../bodies.ts";
import { buildCommand, CommandLine, endingSchema, until } from "../command-line.ts";
import { deployedStack } from "../deployed-stack.ts";
import { holdBack } from "../edge-control.ts";

const GOOD = [`https://${HOST}/index.html`, "--pop", "SIN2-C1,ATL56-C1"];

beforeAll(buildCommand);

describe("the command", () => {
  const running = deployedStack();

  const command = new CommandLine(running);
  const run = (...words: string[]) => command.run(...words);

  it("0: the body of a file from the pipe, left running, then watched; the GitHub action's step does the same", async () => {
    const sent = command.begin("warm", "--from", "-", "--instances", "1", "--no-wait");
    sent.child.stdin.end(JSON.stringify(body()));
    const { code, stdout } = await sent.ended;
    expect([code, stdout.trim()]).toEqual([0, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    const watched = await run("status", stdout.trim(), "--watch", "--json");
    expect(watched.code).toBe(0);
    expect(endingSchema.parse(JSON.parse(watched.stdout)).progress.total_count).toBe(6);

    const inputs = { INPUT_URLS: `\n${GOOD[0]}\n`, INPUT_POPS: "SIN2-C1", INPUT_TIMEOUT: "5m", INPUT_INSTANCES: "1" };
    const action = await command.start("bash", ["cli/action/warm.sh"], inputs).ended;
    expect(action.code).toBe(0);
    expect(action.stderr).toMatch(/^Ready for traffic/m);
  });

  it("exits with 2 where tasks fail, and writes the report as a page", async () => {
    const stack = running();
    const [broken, good] = [`https://${HOST}/js/shop.js`, `https://${HOST}/index.html`];
    stack.setFaults((asked) =>
      asked.path === "/js/shop.js" && asked.method === "GET" ? { kind: "status", status: 404 } : undefined,
    );
    const { code, stdout } = await run("warm", broken, good, "--pop", "SIN2-C1,ATL56-C1", "--timeout", "5m", "--json");
    const { request_id: id, exit_code } = endingSchema.parse(JSON.parse(stdout));
    expect([code, exit_code]).toEqual([2, 2]);
    const page = join(folderWith(), "report.html");
    expect((await run("report", id, "--html", page)).code).toBe(0);
    const text = readFileSync(page, "utf8");
    for (const words of ["Not ready for traffic", "Client error (4xx)", "SIN2-C1", "Timings by regional edge cache"])
      expect(text).toContain(words);
  });

  it("on a terminal: a live view that fits, and Ctrl-C leaves the request running", async () => {
    holdBack(running(), "/hangs.bin");
    const live = command.onTerminal(
      [80, 24],
      { NO_COLOR: "1", LC_ALL: "C" },
      "warm",
      `https://${HOST}/hangs.bin`,
      "--pop",
      "SIN2-C1",
    );
    await until(() => /waiting|in progress 1/.test(live.heard.stdout) && /SIN2|Singapore/.test(live.heard.stdout));
    live.child.stdin.write("\u0003");
    const { code, stdout } = await live.ended;
    expect(code).toBe(130);
    expect(stdout).toMatch(/To watch it again: (npx )?prewarm status [0-9a-f]{8} --watch/);
    // Without colours, and where the terminal is not UTF-8, in ASCII.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: codes of colours are what is looked for
    expect(stdout).not.toMatch(/\u001b\[3\dm|█/);
    expect(stdout).toMatch(/[.]{20}|={20}/);
    const id = /status ([0-9a-f]{8})/.exec(stdout)?.[1] ?? "";
    expect((await run("status", id, "--json")).stdout).toMatch(/"status": "(?!STOPPED)/);
    expect((await run("stop", id, "--yes")).code).toBe(0);
  });
});
