import type { Checkpoints } from "../../../aws/checkpoints.ts";
import { type RecountCheckpoint, recountCheckpointSchema } from "../../../domain/readiness/recount.ts";
import type { Public } from "./public.ts";

export class FakeCheckpoints implements Public<Checkpoints<RecountCheckpoint>> {
  readonly objects = new Map<string, string>();

  async read(reqId: string) {
    const text = this.objects.get(reqId);
    return text === undefined ? undefined : recountCheckpointSchema.parse(JSON.parse(text));
  }
  async write(reqId: string, checkpoint: RecountCheckpoint) {
    this.objects.set(reqId, JSON.stringify(checkpoint));
  }
  async delete(reqId: string) {
    this.objects.delete(reqId);
  }
}
