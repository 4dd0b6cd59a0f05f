import type { Variant } from "../../domain/request/options.ts";
import type { Form } from "./form.ts";

// The recipes of docs/concepts.md. The order of compressions counts: what is cached first stays.
export const COMPRESSIONS: readonly Variant[] = [
  { name: "br", header: ["Accept-Encoding: gzip, deflate, br"] },
  { name: "gzip", header: ["Accept-Encoding: gzip"] },
  { name: "plain", header: ["Accept-Encoding: identity"] },
];

const SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko)";

export const DEVICES: readonly Variant[] = [
  {
    name: "desktop",
    header: [
      "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    ],
  },
  {
    name: "mobile",
    header: [
      `User-Agent: Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) ${SAFARI} Version/17.5 Mobile/15E148 Safari/604.1`,
    ],
  },
  {
    name: "tablet",
    header: [
      `User-Agent: Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) ${SAFARI} Version/12.1 Mobile/15E148 Safari/604.1`,
    ],
  },
];

type Chosen = Pick<Form, "compressions" | "devices" | "languages" | "ownVariants">;

/** Each language with each device in each compression, in that order. Empty: every URL has one form. */
export function variantsOf({ compressions, devices, languages, ownVariants }: Chosen): Variant[] {
  if (ownVariants.length > 0)
    return ownVariants.map(({ name, header }) => ({ name: name.trim(), header: headerLines(header) }));
  const kinds = [
    languagesOf(languages).map((name) => ({ name, header: [`Accept-Language: ${name}`] })),
    DEVICES.filter(({ name }) => devices.includes(name)),
    COMPRESSIONS.filter(({ name }) => compressions.includes(name)),
  ].filter((kind) => kind.length > 0);
  const [first, ...others] = kinds;
  if (first === undefined) return [];
  return others.reduce<Variant[]>(
    (before, kind) =>
      before.flatMap((a) => kind.map((b) => ({ name: `${a.name}-${b.name}`, header: [...a.header, ...b.header] }))),
    [...first],
  );
}

export function languagesOf(typed: string): string[] {
  return [...new Set(typed.split(/[\s,;，、；]+/).filter((it) => it !== ""))];
}

export function headerLines(typed: string): string[] {
  return typed
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** The choices that make these variants, if ready-made ones do. */
export function choicesOf(variants: readonly Variant[]): Chosen {
  const none = { compressions: [], devices: [], languages: "", ownVariants: [] };
  const names = variants.map(({ name }) => name);
  for (const [field, recipes] of [
    ["compressions", COMPRESSIONS],
    ["devices", DEVICES],
  ] as const) {
    const chosen = { ...none, [field]: recipes.map(({ name }) => name).filter((name) => names.includes(name)) };
    if (isSame(variantsOf(chosen), variants)) return chosen;
  }
  const spoken = { ...none, languages: names.join(", ") };
  if (isSame(variantsOf(spoken), variants)) return spoken;
  return { ...none, ownVariants: variants.map(({ name, header }) => ({ name, header: header.join("\n") })) };
}

const isSame = (a: readonly Variant[], b: readonly Variant[]) => JSON.stringify(a) === JSON.stringify(b);
