import * as z from "zod";
import { HIT_WARNINGS } from "../result/proof.ts";
import { countField } from "./answer-fields.ts";

/** What is not wrong, but may keep a request from what was meant. docs/api.md says more of each. */
export const WARNING_CODES = [
  "no_tier",
  ...HIT_WARNINGS,
  "may_not_be_kept",
  "not_compressed",
  "rec_wrong",
  "size_changed",
  "no_capacity",
] as const;

export const warningSchema = z
  .object({
    code: z.enum(WARNING_CODES),
    count: countField.describe(
      "How many tasks it is about; with `may_not_be_kept`, how many URLs; with `no_capacity`, how many instances.",
    ),
    message: z.string().describe("The same in words."),
    examples: z.array(z.string()).max(3),
  })
  .meta({
    id: "Warning",
    description: "What is not wrong, but may keep the request from what was meant.",
    examples: [
      {
        code: "may_not_be_kept",
        count: 1,
        message:
          "The headers of some URLs say that no cache may keep them. A minimum TTL of the cache policy can overrule that, so they may be kept all the same",
        examples: ["Cache-Control: no-store of https://www.example.com/account.js"],
      },
    ],
  });
export type Warning = z.infer<typeof warningSchema>;
