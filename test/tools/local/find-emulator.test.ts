import { chmodSync } from "node:fs";
import { join } from "node:path";
import { folderWith } from "../../folder-with.ts";

const installed = vi.hoisted(() => vi.fn(async () => "/venv"));
vi.mock("../../../tools/local/venv.ts", () => ({ venv: installed }));
const { findEmulator, NoEmulatorError } = await import("../../../tools/local/find-emulator.ts");

afterEach(() => vi.unstubAllEnvs());

/** A folder on the PATH with a program of that name. */
function ministackOnPath() {
  const folder = folderWith({ ministack: "#!/opt/python3 -E\n" });
  const program = join(folder, "ministack");
  chmodSync(program, 0o755);
  vi.stubEnv("PATH", `${folder}:${process.env["PATH"]}`);
  return program;
}

describe("a ministack on the PATH", () => {
  test("is not run by itself: the pinned one is", async () => {
    ministackOnPath();
    vi.stubEnv("PREWARM_MINISTACK", "");
    expect((await findEmulator(() => undefined)).command).not.toBe("/opt/python3");
  });

  test("is run when it is asked for, by name or by path", async () => {
    const program = ministackOnPath();
    for (const asked of ["ministack", program]) {
      vi.stubEnv("PREWARM_MINISTACK", asked);
      const { command, args } = await findEmulator(() => undefined);
      // With the Python that has it.
      expect([command, args({}, "/run/aws.sock")[0]]).toEqual(["/opt/python3", "-E"]);
    }
    vi.stubEnv("PREWARM_MINISTACK", "/nowhere/ministack");
    await expect(findEmulator(() => undefined)).rejects.toThrow(NoEmulatorError);
  });
});

test("without Python, Docker will do on Linux alone: elsewhere its network is not this machine's", async () => {
  const folder = folderWith({ docker: "" });
  vi.stubEnv("PATH", folder).stubEnv("PREWARM_MINISTACK", "");
  expect((await findEmulator(() => undefined, "linux")).command).toBe(join(folder, "docker"));
  await expect(findEmulator(() => undefined, "darwin")).rejects.toThrow(/brew install python/);
});
