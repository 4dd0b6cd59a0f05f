import { execFile } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** Programs of this machine that a plain instance has, too. */
const PROGRAMS = "bash cat chmod cp date env grep id install ln mkdir rm sed setpriv sh sha256sum tail tr".split(" ");

/** A fake dnf: it downloads nothing, and puts each program where the real package puts it. */
const DNF = `#!/bin/bash
echo "dnf $*" >> /calls
[ ! -e /fails-dnf ] || { echo "Error: cannot download repomd.xml" >&2; exit 1; }
for name in "$@"; do
  case $name in
    nodejs24) ln -s /host/node /usr/bin/node-24 ;;
    unzip) ln -s /host/bin/unzip /usr/bin/unzip ;;
    amazon-cloudwatch-agent)
      [ ! -e /no-log-agent ] || exit 1
      install -D -m 0755 /log-agent /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl ;;
  esac
done
`;

/** A fake log agent. Like the real one, it fails if its settings file is missing. */
const LOG_AGENT = `#!/bin/bash
echo "log agent: $*" >> /calls
cat "\${!##file:}" > /log-agent.json
`;

/** A fake `aws`. `s3 cp` fails at first, as when the network is not up yet. What is shipped stays in a file. */
const AWS = `#!/bin/bash
echo "aws $*" >> /calls
[ ! -e "/fails-$2" ] || { echo "An error occurred" >&2; exit 1; }
case $2 in
  put-log-events) events="\${*: -1}"; cat "\${events#file://}" > /events.json; exit ;;
  create-log-stream | terminate-instance-in-auto-scaling-group) exit ;;
esac
[ -e /tried ] || { : > /tried; echo "could not connect to the endpoint" >&2; exit 1; }
from="\${*: -2:1}"
cp "/bucket/\${from#s3://}" "\${*: -1}"
`;

/** A fake metadata service, which wants a token. */
const CURL = `#!/bin/bash
case "$*" in
  *"-X PUT"*/latest/api/token) echo token ;;
  *"X-aws-ec2-metadata-token: token"*/latest/meta-data/instance-id) echo i-0123456789abcdef0 ;;
  *) exit 22 ;;
esac
`;

/** A fake systemctl: it starts a unit with its user, folder, variables, command and log, and does no more. */
const SYSTEMCTL = `#!/bin/bash
echo "systemctl $*" >> /calls
[ ! -e /fails-systemctl ] || { echo "Unit prewarm-agent.service has a bad unit file setting." >&2; exit 1; }
[ "$*" = "enable --now prewarm-agent" ] || exit 0
setting() { while IFS= read -r line; do [[ $line == "$1="* ]] && echo "\${line#*=}"; done < "/etc/systemd/system/$3.service"; true; }
unit=$3
get() { setting "$1" "" "$unit"; }
mapfile -t variables < "$(get EnvironmentFile)"
read -ra command <<< "$(get ExecStart)"
become=()
[ -e /real-root ] && become=(setpriv --reuid="$(id -u "$(get User)")" --regid="$(id -g "$(get User)")" --clear-groups)
log=$(get StandardOutput)
cd "$(get WorkingDirectory)"
{
  env -i "\${variables[@]}" "\${become[@]}" "\${command[@]}" >> "\${log#append:}" 2>&1 &
  echo $! > /agent.pid
  wait $!
  echo $? > /agent.exit
} < /dev/null > /dev/null 2>&1 &
`;

/** Mounts the little that an instance shares with this machine, in a mount namespace of its own, and goes in. */
const ENTER = `set -euo pipefail
root=$1 node=$2
mount --make-rprivate /
for name in lib lib64 usr/lib usr/lib64 usr/libexec; do
  if [ -L "/$name" ]; then ln -sfn "$(readlink "/$name")" "$root/$name"
  elif [ -d "/$name" ]; then mkdir -p "$root/$name"; mount --rbind "/$name" "$root/$name"; fi
done
mount --rbind /usr/bin "$root/host/bin"
mount --bind "$node" "$root/host/node"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
exec chroot "$root" /usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=/root /usr/bin/bash /user-data
`;

const asRoot = process.getuid?.() === 0;
const UNSHARE = asRoot ? ["--mount"] : ["--mount", "--map-root-user"];
const run = promisify(execFile);

/** Why the sandbox does not work on this machine; undefined: it does. */
export async function sandboxProblem(): Promise<string | undefined> {
  if (process.platform !== "linux") return "namespaces are Linux's";
  if (!existsSync("/usr/bin/unzip")) return "there is no unzip on this machine";
  try {
    await run("unshare", [...UNSHARE, "mount", "--make-rprivate", "/"]);
    return undefined;
  } catch (error) {
    return `this machine lets nobody make a mount namespace: ${error instanceof Error ? error.message : error}`;
  }
}

/** A folder that is set up like an Amazon Linux instance. Nothing outside of it is written to. */
export class BootSandbox {
  readonly root = mkdtempSync(join(tmpdir(), "prewarm-boot-"));

  /**
   * @param hasLogAgent whether the package of Amazon's log agent can be had
   * @param failing what always fails: `dnf`, `systemctl`, or the second word of a call of `aws`
   */
  constructor(hasLogAgent = true, failing: readonly string[] = []) {
    // Everybody may enter, as at a real root: the agent does not run as root.
    chmodSync(this.root, 0o755);
    for (const folder of ["etc/systemd/system", "home/ec2-user", "host/bin", "usr/bin", "usr/local/bin"])
      mkdirSync(join(this.root, folder), { recursive: true });
    for (const folder of ["run", "usr/local/sbin", "var/log"]) mkdirSync(join(this.root, folder), { recursive: true });
    for (const folder of ["bucket", "dev", "proc", "root", "tmp"]) mkdirSync(join(this.root, folder));
    symlinkSync("usr/bin", join(this.root, "bin"));
    this.write("host/node", "");
    this.write("etc/passwd", "root:x:0:0::/root:/bin/bash\nec2-user:x:1000:1000::/home/ec2-user:/bin/bash\n");
    this.write("etc/group", "root:x:0:\nec2-user:x:1000:\n");
    // `sleep` does nothing, so that pauses between attempts take no time.
    const stands = {
      dnf: DNF,
      aws: AWS,
      curl: CURL,
      systemctl: SYSTEMCTL,
      sleep: '#!/bin/bash\necho "sleep $*" >> /calls\n',
    };
    for (const [name, script] of Object.entries(stands)) this.write(`usr/bin/${name}`, script, 0o755);
    for (const name of PROGRAMS) {
      const script = `#!/host/bin/bash\nexec -a ${name} /host/bin/${name} "$@"\n`;
      this.write(`usr/bin/${name}`, script, 0o755);
    }
    this.write("log-agent", LOG_AGENT);
    for (const name of failing) this.write(`fails-${name}`, "");
    // As much of it as cloud-init has written.
    this.write("var/log/cloud-init-output.log", 'Cloud-init v. 22.2.2\n\tit said "no\\yes"\u0007 \u2026\n');
    if (!hasLogAgent) this.write("no-log-agent", "");
    if (asRoot) this.write("real-root", "");
  }

  /** Puts an object where the instance reads it, under `bucket/key`. */
  putObject(path: string, bytes: Uint8Array): void {
    mkdirSync(join(this.root, "bucket", path, ".."), { recursive: true });
    writeFileSync(join(this.root, "bucket", path), bytes);
  }

  /** Boots with this user data, to its end; what it started goes on. @returns what the console shows */
  async boot(userData: string): Promise<string> {
    this.write("user-data", userData);
    const { stdout, stderr } = await run("unshare", [
      ...[...UNSHARE, "bash", "-c", ENTER, "enter", this.root, process.execPath],
    ]);
    return stdout + stderr;
  }

  read(path: string): string {
    const file = join(this.root, path);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /** Process id of the agent; 0 until it is started, which may be after the boot. */
  private get pid(): number {
    return Number(this.read("agent.pid"));
  }

  /** Tells the agent to end. @throws if it is not started within ten seconds */
  async terminate(): Promise<void> {
    for (let n = 0; this.pid === 0 && n < 1_000; n++) await sleep(10);
    // A signal to 0 would end the whole process group of the tests.
    if (this.pid === 0) throw new Error("The sandbox has started no agent");
    process.kill(this.pid, "SIGTERM");
  }

  /** Exit code of the agent; undefined while it runs. */
  get exitCode(): number | undefined {
    const text = this.read("agent.exit");
    return text === "" ? undefined : Number(text);
  }

  remove(): void {
    if (this.exitCode === undefined && this.pid > 0) process.kill(this.pid, "SIGKILL");
    rmSync(this.root, { recursive: true, force: true });
  }

  private write(path: string, text: string, mode = 0o644): void {
    writeFileSync(join(this.root, path), text, { mode });
  }
}
