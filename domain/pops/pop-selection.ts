import * as z from "zod";

// Apart from the catalogue, which a client that reads an answer does not need.

/** Where a list of POPs comes from, and how old it is. */
export const popSourceFields = {
  source: z
    .enum(["catalogue", "discovered"])
    .describe(
      "`catalogue`: the POPs that this release knows. `discovered`: `prewarm pops --discover` asked the DNS, too.",
    ),
  discovered_at: z.string().nullable().describe("When the DNS was asked. Null: `source` is `catalogue`."),
};

/** The POPs of a request, beside those that it could have had. */
export const popSelectionSchema = z
  .object({
    selected: z.number().int().nonnegative().describe("Chosen POPs."),
    known: z
      .number()
      .int()
      .nonnegative()
      .describe("POPs that they were chosen from: the catalogue, or those of `places`."),
    set: z
      .enum(["default", "all", "named"])
      .describe(
        "`default`: the default POPs. `all`: all POPs but those in `cn` and those with the basis `example`. `named`: others.",
      ),
    places: z.array(z.string()).describe("The regions or countries of the request. Empty: none."),
    ...popSourceFields,
  })
  .meta({ id: "PopSelection", description: "The chosen POPs." });
export type PopSelection = z.infer<typeof popSelectionSchema>;
