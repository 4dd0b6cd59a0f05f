// Every command that a document shows is tried by somebody, or says why not. Who tries what: ./commands.ts. What the marks mean: CONTRIBUTING.md.
import { parseOptions } from "../../tools/local/options.ts";
import { blocksOf, commandsOf, inlineCommandsOf, triedIn, wayOf } from "./commands.ts";
import { DOCUMENTS } from "./read-documents.ts";

const tried = [...DOCUMENTS].flatMap(([document, text]) => blocksOf(document, text).flatMap(triedIn));
const inline = [...DOCUMENTS.values()].flatMap(inlineCommandsOf);

describe.each([...DOCUMENTS])("%s", (document, text) => {
  const blocks = blocksOf(document, text);

  test("shows no command that nobody tries, and that does not say why", () => {
    const untried = blocks.flatMap((block) =>
      triedIn(block)
        .filter((command) => wayOf(command) === "unknown")
        .map((command) => `line ${block.line}: ${command.split("\n")[0]}`),
    );
    expect(untried).toEqual([]);
  });
});

test("documents show commands of each kind", () => {
  expect(new Set(tried.map(wayOf))).toEqual(new Set(["run", "npm", "AWS"]));
  expect(tried.filter((command) => wayOf(command) === "run").length).toBeGreaterThan(40);
});

test.each([...new Set([...allCommands(), ...inline].filter((it) => it.startsWith("npm start -- ")))])(
  "%s: these are words that it knows",
  (command) => {
    const words = (command.split(" -- ")[1] ?? "").trim().split(/\s+/);
    expect(() => parseOptions(words)).not.toThrow();
  },
);

/** Also those that are not tried: that one needs AWS is no reason for an option that there is not. */
function allCommands() {
  return [...DOCUMENTS].flatMap(([document, text]) => blocksOf(document, text).flatMap(({ code }) => commandsOf(code)));
}

describe("a document with faults is found out", () => {
  const ways = (text: string) => blocksOf("made-up.md", text).flatMap(triedIn).map(wayOf);
  const block = (code: string) => `\`\`\`sh\n${code}\n\`\`\`\n`;

  test("by a command that nobody knows, unless a mark says why it is not run", () => {
    expect(ways(block("frobnicate --all"))).toEqual(["unknown"]);
    expect(ways(`<!-- not run: needs a frob -->\n\n${block("frobnicate --all")}`)).toEqual([]);
    expect(ways(`<!-- not run: needs a frob -->\n\nText.\n\n${block("frobnicate --all")}`)).toEqual(["unknown"]);
    expect(ways(`<!-- none is run: needs a frob -->\n\nText.\n\n${block("frobnicate --all")}`)).toEqual([]);
  });

  test("by what else stands in a block of the API or of a script", () => {
    expect(ways(block(`curl "\${API}instances"\nrm -rf x`))).toEqual(["run", "unknown"]);
    expect(ways(block("curl https://www.example.com/"))).toEqual(["unknown"]);
    expect(ways(block("npm test\n\n# only words\nprewarm status"))).toEqual(["npm", "run"]);
  });

  test("commands over several lines are one", () => {
    expect(commandsOf("curl -d '{\n  \"a\": 1 }' x   # why\nnpx a \\\n  b\n# only words\n")).toEqual([
      "curl -d '{\n  \"a\": 1 }' x",
      "npx a \\\n  b",
    ]);
  });
});
