import { EventEmitter } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ROOT, writeSecret } from "../../../tools/local/paths.ts";
import { handleSignals, INTERRUPTED, ONE_PRESS_MS } from "../../../tools/local/signals.ts";
import { folderWith } from "../../folder-with.ts";
import { runProgram } from "./program.ts";

/** Sends signals at these times, in milliseconds. @returns what came of them */
function sent(...signals: readonly (readonly [number, NodeJS.Signals])[]) {
  const source = new EventEmitter();
  const did: string[] = [];
  let time = 0;
  handleSignals({
    source,
    print: (line) => did.push(line.trim().split(/[ .]/)[0] ?? ""),
    end: () => did.push("end"),
    force: () => did.push("force"),
    now: () => time,
  });
  for (const [at, signal] of signals) {
    time = at;
    // Without a listener, a signal would end the process at once.
    expect(source.listenerCount(signal)).toBe(1);
    source.emit(signal);
  }
  return did;
}

describe("a local run", () => {
  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("ends in order at the first %s", (signal) => {
    expect(sent([0, signal])).toEqual(["Ending", "end"]);
  });

  it("takes the signals of one Ctrl-C under npm for one", () => {
    expect(sent([0, "SIGINT"], [4, "SIGINT"], [90, "SIGINT"], [300, "SIGINT"])).toEqual(["Ending", "end"]);
  });

  it("is forced by the third Ctrl-C, not by the second", () => {
    const press = (at: number) => [[at, "SIGINT"] as const, [at + 5, "SIGINT"] as const];
    const two = [...press(0), ...press(ONE_PRESS_MS * 2)];
    expect(sent(...two)).toEqual(["Ending", "end", "Still"]);
    expect(sent(...two, ...press(ONE_PRESS_MS * 4))).toEqual(["Ending", "end", "Still", "force"]);
  });

  it("that is forced leaves no file with the API key", { timeout: 20_000 }, async () => {
    const file = join(folderWith(), "endpoint.json");
    const script = `
      import { writeEndpointFile } from "${ROOT}tools/local/paths.ts";
      import { endOnSignals } from "${ROOT}tools/local/signals.ts";
      writeEndpointFile("{}", ${JSON.stringify(file)});
      endOnSignals(() => undefined);
      setInterval(() => process.kill(process.pid, "SIGINT"), ${ONE_PRESS_MS * 2});`;
    const { code } = await runProgram(script);
    expect([code, existsSync(file)]).toEqual([INTERRUPTED, false]);
  });

  it("writes a secret that nobody else may read, whatever was there", () => {
    const path = join(folderWith({ "endpoint.json": "from a run that was killed" }), "endpoint.json");
    writeSecret(path, "secret");
    expect(readFileSync(path, "utf8")).toBe("secret");
    expect((statSync(path).mode & 0o777).toString(8)).toBe("600");
  });
});
