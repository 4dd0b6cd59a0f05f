import { statSync } from "node:fs";
import type { LabPart, LabRow } from "../lab/part.ts";
import { authorization } from "../local/front.ts";
import { startLocalPrewarm } from "../local/local-prewarm.ts";
import { ENDPOINT_FILE, LOCAL } from "../local/paths.ts";
import { listeningPorts, processesWith } from "./listening-ports.ts";
import { attack, type PageTarget } from "./page-attack.ts";
import { pageInChromium } from "./page-in-chromium.ts";

/** A foreign web page in a developer's browser, while `npm start` runs. */
export const webPage: LabPart = {
  name: "web-page",
  async run(say, { scale }) {
    const prewarm = await startLocalPrewarm({ say });
    try {
      const target: PageTarget = {
        aws: new URL(prewarm.aws.endpoint),
        authorization: authorization(prewarm.aws, "lambda"),
        api: new URL(prewarm.apiUrl),
        apiKey: prewarm.apiKey,
      };
      const browser = await pageInChromium(target);
      return [browser, ...(await attack(target, scale)), emulatorPorts(), readableByOthers()];
    } finally {
      await prewarm.close();
    }
  },
};

/** A port of the emulator itself would be a way past the front. */
function emulatorPorts(): LabRow {
  const processes = processesWith(`.local/run-${process.pid}/`);
  const emulators = processes.filter(({ command }) => command.includes("ministack.app"));
  const ports = emulators.reduce((sum, { pid }) => sum + listeningPorts(pid), 0);
  const wrong = emulators.length === 0 ? 1 : ports;
  const saw =
    emulators.length === 0 ? "the emulator's process was not found" : `${ports} ports in ${emulators.length} processes`;
  return { what: "TCP ports of the emulator itself", tried: emulators.length, wrong, saw };
}

function readableByOthers(): LabRow {
  const modes = [LOCAL, ENDPOINT_FILE].map((path) => statSync(path).mode & 0o777);
  const wrong = modes.filter((mode) => (mode & 0o077) !== 0).length;
  return {
    what: "files that others on this machine may read",
    tried: modes.length,
    wrong,
    saw: `.local and endpoint.json: ${modes.map((mode) => mode.toString(8)).join(", ")}`,
  };
}
