import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { aliasCommand, loopbackAddresses } from "../../../tools/edge/place-pops.ts";

const of = (...addresses: string[]) => aliasCommand(addresses);

test("addresses that follow each other are one range of the shell, and none spans two networks", () => {
  expect(aliasCommand(loopbackAddresses("127.77.0.1", 362))).toBe(
    "for a in 127.77.0.{1..255} 127.77.1.{0..106}; do sudo ifconfig lo0 alias $a up; done",
  );
});

test("one address, and gaps between them", () => {
  expect(of("127.77.0.9")).toContain(" in 127.77.0.9; do ");
  expect(of("127.77.0.1", "127.77.0.2", "127.77.0.5", "127.77.1.6")).toContain(
    " in 127.77.0.{1..2} 127.77.0.5 127.77.1.6; do ",
  );
});

test("a shell that reads the line comes to the same addresses", () => {
  const addresses = loopbackAddresses("127.77.0.250", 300);
  const line = aliasCommand(addresses).replace("sudo ifconfig lo0 alias $a up", "echo $a");
  expect(execFileSync("bash", ["-c", line], { encoding: "utf8" }).trim().split("\n")).toEqual(addresses);
});
