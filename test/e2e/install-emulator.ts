// What vitest does once before the end-to-end tests: several files would install the emulator at once.
import { findEmulator } from "../../tools/local/find-emulator.ts";

export async function setup(): Promise<void> {
  await findEmulator(console.log);
}
