import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const VENV = `${ROOT}.local/shellcheck`;

/** The one on the PATH; else the pinned one from PyPI, below `.local/`. @throws Error where neither can be had */
function shellcheck(): string {
  const onPath = (process.env["PATH"] ?? "").split(":").map((folder) => `${folder}/shellcheck`);
  const found = [...onPath, `${VENV}/bin/shellcheck`].find((file) => existsSync(file));
  if (found !== undefined) return found;
  console.log("Installing shellcheck (from PyPI) below .local/ …");
  try {
    const requirements = `${ROOT}test/agent/instance/requirements.txt`;
    execFileSync("python3", ["-m", "venv", VENV], { stdio: "pipe" });
    execFileSync(`${VENV}/bin/pip`, ["install", "--quiet", "--require-hashes", "-r", requirements], { stdio: "pipe" });
    return `${VENV}/bin/shellcheck`;
  } catch (error) {
    rmSync(VENV, { recursive: true, force: true });
    throw error;
  }
}

test("the scripts of an instance, and the one that users copy, have nothing that shellcheck would change", ({
  skip,
}) => {
  let command = "";
  try {
    command = shellcheck();
  } catch (error) {
    skip(`there is no shellcheck, and it cannot be installed: ${error instanceof Error ? error.message : error}`);
  }
  const own = ["agent/instance/boot.sh", "agent/instance/give-up.sh", "docs/snippets/warm-gate.sh"];
  const scripts = own.map((path) => ROOT + path);
  expect(() => execFileSync(command, ["--severity=style", ...scripts], { stdio: "pipe" })).not.toThrow();
}, 120_000);

describe("the unit", () => {
  const unit = readFileSync(`${ROOT}agent/instance/prewarm-agent.service`, "utf8");

  test("takes from the agent what it does not need", () => {
    expect(unit.split("\n")).toEqual(
      expect.arrayContaining([
        ...["NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict", "ProtectHome=read-only"],
        ...["PrivateTmp=yes", "PrivateDevices=yes", "ProtectKernelTunables=yes", "ProtectKernelModules=yes"],
        ...["ProtectKernelLogs=yes", "ProtectControlGroups=yes", "LockPersonality=yes", "RestrictSUIDSGID=yes"],
        ...["RestrictNamespaces=yes", "SystemCallFilter=@system-service", "User=ec2-user"],
        "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
      ]),
    );
  });

  test("leaves V8 its compiler, and has nothing that Amazon Linux 2023's systemd 252 does not know", () => {
    expect(unit).not.toMatch(/^(MemoryDenyWriteExecute|RestartSteps|RestartMaxDelaySec)=/m);
  });

  test("bounds its memory and its tasks, and starts it again with a pause, until the instance gives up", () => {
    expect(unit).toMatch(/^MemoryMax=\d+%$/m);
    expect(unit).toMatch(/^TasksMax=\d+$/m);
    expect(unit).toMatch(/^Restart=on-failure\nRestartSec=\d+$/m);
    expect(unit).toMatch(/^StartLimitIntervalSec=300\nStartLimitBurst=5$/m);
    expect(unit).toMatch(/^OnFailure=prewarm-give-up.service$/m);
  });
});
