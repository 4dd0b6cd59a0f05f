import { vi } from "vitest";

/** The lines that are written to standard output meanwhile, as a Lambda's log gets them. */
export async function logged(run: () => Promise<void>): Promise<string[]> {
  let text = "";
  const write = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    await run();
  } finally {
    write.mockRestore();
  }
  return text.split("\n").filter((line) => line !== "");
}
