import { measuredPart } from "../bench/report.ts";
import { aliasCommand, edgeAddresses } from "../edge/place-pops.ts";
import { world } from "../local/world.ts";
import { PRODUCT_PARTS } from "../release/generated-parts.ts";

/** What documents have from the code: the name of each generated part, and what makes its text. */
export const GENERATED_PARTS: ReadonlyMap<string, () => string> = new Map([
  ...PRODUCT_PARTS,
  ["macos-addresses", macosAddresses],
  ["macos-addresses-zh", macosAddresses],
  ["benchmarks", measuredPart],
]);

/** The line that a local run prints on macOS. */
function macosAddresses(): string {
  const mark =
    "<!-- not run: macOS has its own ifconfig; test/tools/edge/place-pops.test.ts has a shell read the line -->";
  return `${mark}\n\n\`\`\`sh\n${aliasCommand(edgeAddresses(world))}\n\`\`\``;
}
