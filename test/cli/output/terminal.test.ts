import { clean, cleanJson, cleanPipedJson, cleanStyled } from "../../../cli/output/clean.ts";
import { painter } from "../../../cli/output/paint.ts";
import { sinkOf } from "../../../cli/output/sink.ts";
import { AT, fakeApi, KNOWN_ID, run } from "../fake-api.ts";

/** Sets the title (OSC 0), writes to the clipboard (OSC 52 by C1), turns the text around, hides a part of it. */
const HOSTILE =
  "a\u001b]0;x\u0007\u009d52;c;eA==\u009c\u202eb\u061cc\u2066d\u200be\u001b[8mf\u007f\u0085\u2028g\rh\ufeff\u{e0041}";
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

const report = { status: 200, text: `pop,outcome,http_status,error,url\nSIN2-C1,failed,503,${HOSTILE},https://a/\n` };
const OF_REPORT = ["report", KNOWN_ID, ...AT];

describe("on a terminal, nothing from a server is obeyed", () => {
  test.each([
    ["a table", [...OF_REPORT]],
    ["CSV", [...OF_REPORT, "--format", "csv"]],
    ["all rows as CSV", [...OF_REPORT, "--all", "--format", "csv"]],
    ["JSON", [...OF_REPORT, "--json"]],
  ])("in a report as %s", async (_, words) => {
    fakeApi({ report });
    const { code, stdout, stderr } = await run(words, { isTTY: true });
    expect(code).toBe(0);
    expect(stdout).toContain("503");
    // The head of the table has the command's own colour.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ESC begins a colour
    expect((stdout + stderr).replace(/\u001b\[22?m/g, "")).not.toMatch(OBEYED);
  });

  test.each([["instances"], ["instances", "3"], ["stop", KNOWN_ID, "--yes"]])(
    "in an answer to %s",
    async (...words) => {
      const body = { status: "success", desiredcapacity: 3, message: HOSTILE };
      fakeApi({ progress: [{ status: "IN_PROGRESS" }], replies: { "POST instances": { status: 200, body } } });
      for (const json of [[], ["--json"]]) {
        const { stdout, stderr } = await run([...words, ...AT, ...json], { isTTY: true });
        expect(stdout + stderr).not.toMatch(OBEYED);
      }
    },
  );

  test("and JSON has the same values", async () => {
    fakeApi({ report });
    const { stdout } = await run([...OF_REPORT, "--json"], { isTTY: true });
    expect(JSON.parse(stdout)).toMatchObject([{ error: HOSTILE }]);
  });
});

test("in a pipe, a report is as it came", async () => {
  fakeApi({ report });
  expect((await run([...OF_REPORT, "--format", "csv"])).stdout).toBe(report.text);
  const { stdout } = await run([...OF_REPORT, "--json"]);
  expect(stdout).toContain("\u202e");
  expect(JSON.parse(stdout)).toMatchObject([{ error: HOSTILE }]);
});

/** Commands to CI runners: GitHub's at the beginning of a line, its older ones and those of Azure anywhere. */
const COMMANDS = "##[error]x ##VSO[task.complete result=Succeeded;] ###[a\n::error::y\r  ::set-output name=a::b :: c";
const OBEYED_BY_CI = /##(?:vso)?\[|^\s*::/im;

describe("in a pipe, nothing from a server is a command to a CI runner", () => {
  test.each([["instances"], ["instances", "3"], ["stop", KNOWN_ID, "--yes"]])(
    "in an answer to %s",
    async (...words) => {
      const body = { status: "success", desiredcapacity: 3, message: COMMANDS };
      fakeApi({ progress: [{ status: "IN_PROGRESS" }], replies: { "POST instances": { status: 200, body } } });
      for (const json of [[], ["--json"]]) {
        const { stdout, stderr } = await run([...words, ...AT, ...json]);
        expect(stdout + stderr).not.toMatch(OBEYED_BY_CI);
      }
    },
  );

  test("nor in a refusal", async () => {
    fakeApi({
      progress: [{ status: "IN_PROGRESS" }],
      replies: { "POST instances": { status: 500, body: { error_message: COMMANDS } } },
    });
    const { stdout, stderr } = await run(["stop", KNOWN_ID, "--yes", ...AT]);
    expect(stderr).toContain("[error]x");
    expect(stdout + stderr).not.toMatch(OBEYED_BY_CI);
  });

  test("JSON has the same values, also where two parts of it divide a command", async () => {
    const text = `pop,outcome,http_status,error,url\nSIN2-C1,failed,503,${COMMANDS.split("\n")[0]},https://a/\n`;
    fakeApi({ report: { status: 200, text } });
    const { stdout } = await run([...OF_REPORT, "--json"]);
    expect(stdout).not.toMatch(OBEYED_BY_CI);
    expect(JSON.parse(stdout)).toMatchObject([{ error: COMMANDS.split("\n")[0] }]);
    for (let at = 0; at < COMMANDS.length; at++) {
      const parts = [COMMANDS.slice(0, at), COMMANDS.slice(at)].map((it) =>
        cleanPipedJson(JSON.stringify(it).slice(1, -1)),
      );
      expect(parts.join("")).not.toMatch(/##/);
      expect(JSON.parse(`"${parts.join("")}"`)).toBe(COMMANDS);
    }
  });
});

describe("what a terminal is given", () => {
  test("has the command's own colours, and no other sequence", () => {
    const paint = painter(true);
    const own = `${paint("red", "failed")} ${paint("bold", "x")} ${paint("dim", "y")}\tz\n`;
    expect(cleanStyled(own)).toBe(own);
    expect(cleanStyled("\u001b[8mhidden\u001b[2J\u001b[31;8m")).toBe("·[8mhidden·[2J·[31;8m");
  });

  test("has a mark for each character that is obeyed or not shown", () => {
    expect(clean(HOSTILE)).not.toMatch(OBEYED);
    expect(clean("城 ü é 👍 a\nb")).toBe("城 ü é 👍 a\nb");
    expect(clean("a\u200d\u00ad\tb")).toBe("a···b");
  });

  test("has JSON of the same value", () => {
    const json = JSON.stringify({ [HOSTILE]: [HOSTILE] }, null, 2);
    expect(cleanJson(json)).not.toMatch(OBEYED);
    expect(JSON.parse(cleanJson(json))).toEqual(JSON.parse(json));
  });

  test("is cleaned also where it comes in bytes, wherever they are cut", () => {
    const written: unknown[] = [];
    const sink = sinkOf({ isTTY: true, write: (text) => written.push(text) });
    const bytes = Buffer.from("é\u009b2J");
    for (const byte of bytes) sink.write(Uint8Array.of(byte));
    expect(written.join("")).toBe("é·2J");
  });
});
