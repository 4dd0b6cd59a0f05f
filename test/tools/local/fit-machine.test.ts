import { aliasCommand, edgeAddresses } from "../../../tools/edge/place-pops.ts";
import { refuseUnfit, UnfitMachineError, unfit } from "../../../tools/local/fit-machine.ts";
import { startLocalPrewarm } from "../../../tools/local/local-prewarm.ts";
import { world } from "../../../tools/local/world.ts";

const EDGE = edgeAddresses(world);
const machine = (platform: NodeJS.Platform, addresses: readonly string[] = ["127.0.0.1"]) => ({
  platform,
  addresses: () => addresses,
});

test("Linux has all loopback addresses, whatever its interfaces say", () => {
  expect(unfit(machine("linux"), EDGE)).toBeUndefined();
});

test("macOS is told the line that makes those that are missing, and only them", () => {
  expect(unfit(machine("darwin"), EDGE)).toContain(`\n  ${aliasCommand(EDGE)}\n`);
  const some = EDGE.slice(0, 300);
  expect(unfit(machine("darwin", some), EDGE)).toContain(`\n  ${aliasCommand(EDGE.slice(300))}\n`);
  expect(unfit(machine("darwin", EDGE), EDGE)).toBeUndefined();
});

test("macOS needs none of them without the stand-in edge", () => {
  expect(unfit(machine("darwin"), [])).toBeUndefined();
});

test("Windows, and what else there is, get a sentence", () => {
  expect(unfit(machine("win32"), EDGE)).toMatch(/^A local run needs Linux or macOS, and this is Windows\. .*WSL 2/);
  expect(unfit(machine("freebsd"), [])).toMatch(/this is freebsd/);
});

test("a local run on such a machine begins nothing", async () => {
  vi.spyOn(process, "platform", "get").mockReturnValue("win32");
  const say = vi.fn();
  await expect(startLocalPrewarm({ edge: world, say })).rejects.toThrow(UnfitMachineError);
  expect(say).not.toHaveBeenCalled();
  expect(() => refuseUnfit(undefined)).toThrow(UnfitMachineError);
  vi.restoreAllMocks();
  expect(() => refuseUnfit(world)).not.toThrow();
});
