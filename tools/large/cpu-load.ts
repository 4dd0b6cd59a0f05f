import { cpus } from "node:os";

/** How busy all cores of this machine were since the last look: 1 is all of them, all the time. */
export class CpuLoad {
  private before = times();

  /** @returns the share since the look before, or since the beginning */
  look(): number {
    const now = times();
    const all = now.all - this.before.all;
    const share = all === 0 ? 0 : 1 - (now.idle - this.before.idle) / all;
    this.before = now;
    return share;
  }
}

function times() {
  let idle = 0;
  let all = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idle, all };
}
