import { PRICES_AS_OF } from "../../domain/cost/prices.ts";
import { sentences } from "./cost-parts.ts";
import { stackTemplates } from "./stack-templates.ts";
import { figures, freeTable, idleTable, millionTable } from "./tables.ts";

// `npm run cost`: what this checkout costs while it is idle, and for a million tasks of 10 KB with default settings. docs/operations.md
// has the same figures.
const { PrewarmStack: template } = stackTemplates();
const [idle, million] = sentences(figures(template));
console.log(`List prices of us-east-1, read in ${PRICES_AS_OF}, without free tiers. Both stacks cost the same.`);
console.log(`\n${idle}\n\n${idleTable(template)}\n\n${freeTable(template)}`);
console.log(`\n${million}\n\n${millionTable(template)}`);
