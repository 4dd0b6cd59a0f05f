// Takes policies apart: what each statement grants, and the policies that lack one piece, for mutation tests.
import { evaluate, type PermissionRequest, type Statement } from "./policy.ts";

/** One action on one resource that a statement allows. */
export interface Grant {
  readonly action: string;
  readonly resource: string;
  readonly statement: Statement;
}

/** A policy that lacks one piece. */
interface Mutation {
  readonly removed: string;
  readonly statements: readonly Statement[];
}

export function grantsOf(statements: readonly Statement[]): Grant[] {
  return statements.flatMap((statement) =>
    statement.actions.flatMap((action) => statement.resources.map((resource) => ({ action, resource, statement }))),
  );
}

/** Whether a grant allows a call. */
export function allows({ action, resource, statement }: Grant, request: PermissionRequest) {
  return evaluate([{ ...statement, actions: [action], resources: [resource] }], request) === "allow";
}

/** Each statement removed, each action on each resource, and each of several values of a condition. */
export function mutationsOf(statements: readonly Statement[]): Mutation[] {
  return statements.flatMap((statement, n) => {
    const replaceWith = (...replacement: Statement[]) => statements.toSpliced(n, 1, ...replacement);
    return [
      { removed: `statement ${n + 1}: ${statement.actions.join()}`, statements: replaceWith() },
      ...grantsOf([statement]).map(({ action, resource }) => ({
        removed: `${action} on ${resource}`,
        statements: replaceWith(
          { ...statement, actions: statement.actions.filter((one) => one !== action) },
          { ...statement, actions: [action], resources: statement.resources.filter((one) => one !== resource) },
        ),
      })),
      ...withoutValue(statement).map(({ removed, mutant }) => ({ removed, statements: replaceWith(mutant) })),
    ];
  });
}

function withoutValue(statement: Statement) {
  return Object.entries(statement.conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).flatMap(([key, values]) =>
      values.length < 2
        ? []
        : values.map((value) => ({
            removed: `${statement.actions.join()}: ${operator} ${key} ${value}`,
            mutant: {
              ...statement,
              conditions: {
                ...statement.conditions,
                [operator]: { ...keys, [key]: values.filter((one) => one !== value) },
              },
            },
          })),
    ),
  );
}
