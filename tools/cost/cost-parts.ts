import { stackTemplates } from "./stack-templates.ts";
import { figures, freeTable, idleTable, millionTable } from "./tables.ts";

/** What documents say of the cost: the name of each generated part, and what makes its text. The two stacks cost the same. */
export function costParts(): readonly (readonly [name: string, make: () => string])[] {
  const template = () => stackTemplates().PrewarmStack;
  return [
    ["cost", () => sentences(figures(template())).join("\n\n")],
    ["cost-zh", () => chinese(figures(template())).join("\n\n")],
    ["cost-scaling", () => sentences(figures(template())).slice(1).join("\n\n")],
    ["idle-cost", () => idleTable(template())],
    ["free-while-idle", () => freeTable(template())],
    ["million-tasks", () => millionTable(template())],
  ];
}

/** The same figures as sentences. */
export function sentences({ idle, others, million, millionAtTheEdge, millionAtMost }: ReturnType<typeof figures>) {
  const modes = others.map((it) => `, ${it.idle} with \`monitoring=${it.mode}\``).join("");
  return [
    `**Idle:** ${idle} dollars a month with default parameters${modes}.`,
    `**A million tasks of 10 KB:** ${million} dollars with default settings at POPs of the United States, of which CloudFront bills ${millionAtTheEdge} for downloads and checks. At the dearest POPs it is ${millionAtMost}.`,
  ];
}

function chinese({ idle, others, million, millionAtTheEdge, millionAtMost }: ReturnType<typeof figures>) {
  const modes = others.map((it) => `；\`monitoring=${it.mode}\` 时为 ${it.idle} 美元`).join("");
  return [
    `**空闲时：** 默认参数下每月 ${idle} 美元${modes}。`,
    `**一百万个 10 KB 的任务：** 默认设置下，在美国的 POP 共 ${million} 美元，其中 CloudFront 对下载和检查计费 ${millionAtTheEdge} 美元；在最贵的 POP 为 ${millionAtMost} 美元。`,
  ];
}
