/** The lines that a call writes to stdout and stderr, as a Lambda's log gets them. */
export async function logged(run: () => Promise<void>): Promise<string[]> {
  let text = "";
  const outputs = [process.stdout, process.stderr].map((output) =>
    vi.spyOn(output, "write").mockImplementation((chunk) => {
      text += String(chunk);
      return true;
    }),
  );
  try {
    await run();
  } finally {
    for (const output of outputs) output.mockRestore();
  }
  return text.split("\n").filter((line) => line !== "");
}
