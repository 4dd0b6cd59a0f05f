import { folderWith } from "../../folder-with.ts";

const installed = vi.hoisted(() => vi.fn(async () => "/venv"));
vi.mock("../../../tools/local/venv.ts", () => ({ venv: installed }));
const { findEmulator, NoEmulatorError } = await import("../../../tools/local/find-emulator.ts");

afterEach(() => vi.unstubAllEnvs());

test("a ministack on the PATH is not run: the pinned one is", async () => {
  vi.stubEnv("PATH", folderWith({ ministack: "", python3: "" }));
  expect((await findEmulator(() => undefined)).command).not.toContain("ministack");
});

test("without Python, it says what to install", async () => {
  vi.stubEnv("PATH", folderWith({ docker: "" }));
  await expect(findEmulator(() => undefined)).rejects.toThrow(NoEmulatorError);
});
