import { findEmulator, NoEmulatorError } from "../../../tools/local/find-emulator.ts";
import { folderWith } from "../../folder-with.ts";

const find = () =>
  findEmulator(
    () => undefined,
    async () => "/venv",
  );

afterEach(() => vi.unstubAllEnvs());

test("a ministack on the PATH is not run: the pinned one is", async () => {
  vi.stubEnv("PATH", folderWith({ ministack: "", python3: "" }));
  expect((await find()).command).not.toContain("ministack");
});

test("without Python, it says what to install", async () => {
  vi.stubEnv("PATH", folderWith({ docker: "" }));
  await expect(find()).rejects.toThrow(NoEmulatorError);
});
