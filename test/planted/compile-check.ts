import { join } from "node:path";
import ts from "typescript";
import { ROOT } from "./bug.ts";

/** A bug may leave something unused. */
const LENIENT = { noUnusedLocals: false, noUnusedParameters: false };
/** Folders with a configuration of their own; all others have the root's. */
const PROJECTS = ["console", "lib"];

/**
 * Checks the types of altered files. A change that does not compile would make tests fail too, and would show nothing. Vitest
 * does not check types.
 */
export class CompileCheck {
  private readonly services = new Map<string, Service>();

  constructor(private readonly root = ROOT) {}

  /** @param altered paths from the root, with their text. @returns the first error; undefined: the files compile */
  problemWith(altered: ReadonlyMap<string, string>): string | undefined {
    for (const file of altered.keys()) {
      const project = PROJECTS.find((folder) => file.startsWith(`${folder}/`)) ?? ".";
      const service = this.services.get(project) ?? new Service(this.root, project);
      this.services.set(project, service);
      const problem = service.problemIn(file, altered);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
}

/** The language service of one project. It parses what the files import once, for all bugs. */
class Service {
  private altered: ReadonlyMap<string, string> = new Map();
  private version = 0;
  private readonly roots = new Set<string>();
  private readonly service: ts.LanguageService;

  constructor(
    private readonly root: string,
    project: string,
  ) {
    const { config } = ts.readConfigFile(join(root, project, "tsconfig.json"), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, join(root, project));
    this.service = ts.createLanguageService({
      getCompilationSettings: () => ({ ...options, ...LENIENT }),
      getCurrentDirectory: () => root,
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      getScriptFileNames: () => [...this.roots],
      getScriptVersion: (path) => (this.textOf(path) === undefined ? "0" : String(this.version)),
      getScriptSnapshot: (path) => {
        const text = this.textOf(path) ?? ts.sys.readFile(path);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      fileExists: ts.sys.fileExists,
      readFile: ts.sys.readFile,
      directoryExists: ts.sys.directoryExists,
      getDirectories: ts.sys.getDirectories,
      realpath: ts.sys.realpath ?? ((path) => path),
    });
  }

  problemIn(file: string, altered: ReadonlyMap<string, string>): string | undefined {
    const path = join(this.root, file);
    this.roots.add(path);
    this.altered = new Map([...altered].map(([name, text]) => [join(this.root, name), text]));
    this.version++;
    const [first] = [...this.service.getSyntacticDiagnostics(path), ...this.service.getSemanticDiagnostics(path)];
    return first === undefined ? undefined : `${file}: ${ts.flattenDiagnosticMessageText(first.messageText, " ")}`;
  }

  private textOf(path: string) {
    return this.altered.get(path);
  }
}
