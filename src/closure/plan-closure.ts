import type { HostView } from '../domain/host-view.ts';
import type { ElfFacts, ScriptFacts } from '../domain/program-facts.ts';
import { closureError, type Fault } from './closure-error.ts';
import { type FoundObject, findLibraryOn } from './find-library.ts';
import { hostPaths } from './host-paths.ts';
import { describePlatform } from './loader-platform.ts';
import { parseEnvArgument } from './parse-env-argument.ts';
import { type Lack, type OpenedLibrary, planProcess } from './plan-process.ts';

/** A program, library, script or data file whose needs are asked for. */
export interface ClosureRoot {
  /** Absolute host path; links in it are followed. */
  readonly path: string;
  readonly why: string;
}

/** A file that roots need beside themselves. */
export interface ClosureFile {
  /** As loader or kernel opens it: links stand, and so does a `..` that a search path holds. */
  readonly path: string;
  /** The same with all links followed: where the bytes are. */
  readonly real: string;
  readonly why: string;
  /** Path of the first that asks for it, as that was opened. */
  readonly neededBy: string;
}

export interface Closure {
  /** In the order of the roots, what each asks for breadth first; each path once, roots left out. */
  readonly files: readonly ClosureFile[];
  /** Of each program and library by real path: the real paths of what it asks for itself, sorted. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
  /** Roots that would not run on the host itself; what only they need is not in `files`. */
  readonly broken: readonly BrokenRoot[];
}

export interface BrokenRoot {
  readonly path: string;
  readonly why: string;
}

export interface ClosureOptions {
  /** Directories in which `env` looks for a script's program. */
  readonly searchPath: readonly string[];
  /** `throw`: one error that lists all; `report`: leave such roots out, and say so in `broken`. */
  readonly missing: 'throw' | 'report';
}

/** What one root comes to. */
interface RootPlan {
  readonly opened: readonly OpenedLibrary[];
  readonly faults: readonly Fault[];
}

// The kernel gives up on interpreters of interpreters (exec_binprm in fs/exec.c).
const mostScripts = 5;

/**
 * Every file that `roots` need on this host to run, without running anything: the loader and libraries as ld.so(8)
 * finds them, `#!` interpreters and what those need. A root that is no program needs nothing.
 * Throws BAD_ELF, LIBRARY_MISSING, COMMAND_MISSING or PATH_MISSING, with all faults of all roots in it.
 */
export function planClosure(roots: readonly ClosureRoot[], host: HostView, options: ClosureOptions): Closure {
  const planner = new ClosurePlanner(host, options.searchPath);
  const plans = [...new Set(roots.map(({ path }) => path))].map((path) => ({ path, ...planner.plan(path) }));
  const failed = plans.filter(({ faults }) => faults.length > 0);
  if (failed.length > 0 && options.missing === 'throw') throw closureError(failed);

  const rootPaths = new Set(plans.map(({ path }) => path));
  const files = new Map<string, ClosureFile>();
  for (const { opened } of plans.filter(({ faults }) => faults.length === 0)) {
    for (const { path, real, asker } of opened) {
      if (files.has(path) || rootPaths.has(path)) continue;
      files.set(path, { path, real, why: `needed by ${asker.slice(1)}`, neededBy: asker });
    }
  }
  return {
    files: [...files.values()],
    needs: planner.needs(),
    broken: failed.map(({ path, faults }) => ({ path, why: faults.map(({ why }) => why).join('; ') })),
  };
}

class ClosurePlanner {
  readonly #host: HostView;
  readonly #paths;
  readonly #find;
  readonly #searchPath: readonly string[];
  readonly #plans = new Map<string, RootPlan>();
  readonly #needs = new Map<string, Set<string>>();

  constructor(host: HostView, searchPath: readonly string[]) {
    this.#host = host;
    this.#paths = hostPaths(host);
    this.#find = findLibraryOn(host, this.#paths);
    this.#searchPath = searchPath;
  }

  needs(): Map<string, string[]> {
    return new Map([...this.#needs].map(([real, needs]) => [real, [...needs].sort()]));
  }

  plan(path: string, depth = 0): RootPlan {
    const known = this.#plans.get(path);
    if (known !== undefined) return known;
    const plan = this.#planFile(path, depth);
    // Under scripts of scripts a fault may come of the depth alone.
    if (depth === 0 || plan.faults.length === 0) this.#plans.set(path, plan);
    return plan;
  }

  #planFile(path: string, depth: number): RootPlan {
    const real = this.#paths.real(path);
    if (real === undefined) {
      return fault({
        type: 'path',
        name: path,
        asker: path,
        why: 'it is not there, or its links lead nowhere',
      });
    }
    const file = this.#host.lstat(real);
    if (file?.type !== 'file') return nothing;
    const facts = this.#host.program(real);
    const isRunnable = (file.mode & 0o111) !== 0;
    if (facts.kind === 'elf') return this.#planElf({ path, real, facts });
    // A script without the bit to run is text for somebody to read, and debugging symbols are data.
    if (facts.kind === 'script' && isRunnable) return this.#planScript({ path, real }, facts, depth);
    if (facts.kind === 'broken' && (isRunnable || /\.so(?:\.|$)/u.test(path))) {
      return fault({ type: 'elf', name: path, asker: path, why: facts.why });
    }
    return nothing;
  }

  #planElf(program: FoundObject): RootPlan {
    const { path, facts } = program;
    const wanted = facts.interpreter ?? describePlatform(facts, this.#paths).loader;
    const loader = this.#loaderAt(wanted, facts);
    if (loader === undefined && facts.interpreter !== undefined) {
      const why = `its loader ${wanted} is not there, or is none for this kind of program`;
      return fault({ type: 'library', name: wanted, asker: path, why });
    }
    const process = planProcess(program, loader, this.#find);
    const opened = [...process.opened];
    if (loader !== undefined && (facts.interpreter !== undefined || wants(process.needs, loader.real))) {
      opened.push({ path: loader.path, real: loader.real, asker: path });
    }
    for (const [real, needs] of process.needs) this.#addNeeds(real, needs);
    if (loader !== undefined && facts.interpreter !== undefined) this.#addNeeds(program.real, [loader.real]);
    return { opened, faults: process.lacks.map(faultOf) };
  }

  #loaderAt(path: string, facts: ElfFacts): FoundObject | undefined {
    const real = this.#paths.real(path);
    if (real === undefined || this.#host.lstat(real)?.type !== 'file') return undefined;
    const found = this.#host.program(real);
    if (found.kind !== 'elf' || found.machine !== facts.machine || found.bits !== facts.bits)
      return undefined;
    return { path, real, facts: found };
  }

  #planScript(
    script: { readonly path: string; readonly real: string },
    facts: ScriptFacts,
    depth: number,
  ): RootPlan {
    const interpreter = this.#planInterpreter(script, facts.interpreter, depth);
    const program = envProgram(facts);
    if (interpreter.faults.length > 0 || program === undefined) return interpreter;
    const found = this.#onSearchPath(program);
    if (found === undefined) {
      const why = `its ${facts.interpreter} finds no program ${program} on PATH`;
      return fault({ type: 'command', name: program, asker: script.path, why });
    }
    const run = this.#planInterpreter(script, found, depth);
    return { opened: [...interpreter.opened, ...run.opened], faults: run.faults };
  }

  #planInterpreter(
    script: { readonly path: string; readonly real: string },
    name: string,
    depth: number,
  ): RootPlan {
    const at = this.#runnableAt(name);
    if (at === undefined || depth >= mostScripts) {
      const why = `its interpreter ${name} ${at === undefined ? 'is no program of this host' : 'is a script of a script, and so on'}`;
      return fault({ type: 'command', name, asker: script.path, why });
    }
    const plan = this.plan(name, depth + 1);
    this.#addNeeds(script.real, [at]);
    return { opened: [{ path: name, real: at, asker: script.path }, ...plan.opened], faults: plan.faults };
  }

  #onSearchPath(program: string): string | undefined {
    if (program.includes('/')) return program;
    return this.#searchPath
      .map((dir) => `${dir}/${program}`)
      .find((path) => this.#runnableAt(path) !== undefined);
  }

  /** The real path of a file the kernel would run. */
  #runnableAt(path: string): string | undefined {
    const real = this.#paths.real(path);
    const file = real === undefined ? undefined : this.#host.lstat(real);
    if (real === undefined || file?.type !== 'file' || (file.mode & 0o111) === 0) return undefined;
    return this.#host.program(real).kind === 'data' ? undefined : real;
  }

  #addNeeds(real: string, needs: Iterable<string>): void {
    const known = this.#needs.get(real);
    if (known === undefined) this.#needs.set(real, new Set(needs));
    else for (const need of needs) known.add(need);
  }
}

const nothing: RootPlan = { opened: [], faults: [] };

function fault(only: Fault): RootPlan {
  return { opened: [], faults: [only] };
}

function faultOf({ name, asker, why }: Lack): Fault {
  return { type: 'library', name, asker, why: `${name}, wanted by ${asker}, ${why ?? 'is not there'}` };
}

function wants(needs: ReadonlyMap<string, ReadonlySet<string>>, real: string): boolean {
  return [...needs.values()].some((asked) => asked.has(real));
}

function envProgram({ interpreter, argument }: ScriptFacts): string | undefined {
  return interpreter.endsWith('/env') ? parseEnvArgument(argument) : undefined;
}
