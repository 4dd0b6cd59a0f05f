import { createInterface } from "node:readline/promises";
import { UsageError } from "./options.ts";

export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/**
 * Says what something costs and asks for a yes. @throws UsageError where there is nobody to ask, or who says no
 */
export async function confirm(cost: string, { input, output }: Terminal): Promise<void> {
  if (input.isTTY !== true) throw new UsageError(`${cost}\n\nNobody can be asked here; say --yes`);
  const asking = createInterface({ input, output });
  try {
    const answer = await asking.question(`${cost}\n\nGo on? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new UsageError("Nothing was started");
  } finally {
    asking.close();
  }
}
