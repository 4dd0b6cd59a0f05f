import * as z from "zod";

// Apart from the catalogue, which a client that reads an answer does not need.

/** The POPs of a request, beside those that it could have had. */
export const popSelectionSchema = z
  .object({
    selected: z.number().int().nonnegative().describe("POPs that the request warms, as far as they resolve."),
    known: z
      .number()
      .int()
      .nonnegative()
      .describe("POPs of the catalogue; where the request names regions, those of the catalogue that lie in them."),
    set: z
      .enum(["default", "all", "named"])
      .describe(
        "`default`: the default set, of all regions but cn or of `places`. `all`: every POP of the catalogue but those of cn and those of " +
          "the basis `example`. `named`: others that the caller named.",
      ),
    places: z.array(z.string()).describe("The regions or countries that the caller named. Empty: none."),
  })
  .meta({ id: "PopSelection", description: "Which POPs a request warms, of how many." });
export type PopSelection = z.infer<typeof popSelectionSchema>;
