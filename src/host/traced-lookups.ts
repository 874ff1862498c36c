import { type FileCall, parseStraceLine, type TraceEvent } from './parse-strace-line.ts';

/** A path a program looked for and did not find. */
export interface Missed {
  /** Absolute and normal, as inside the tree. */
  readonly path: string;
  /** It was to be run. */
  readonly toRun: boolean;
  /** Soon after, the same process found a file of that name in another folder: it was a search. */
  foundElsewhere: boolean;
}

interface Traced {
  /** Where it is, as inside the tree; undefined when that is not known. */
  folder: string | undefined;
  /** The beginning of a call that is not over. */
  begun: string;
  /** The last names it did not find, oldest first. */
  readonly recent: { readonly name: string; readonly path: string; readonly at: number }[];
  calls: number;
}

/** A strange program can look for any number of names: what is kept has an end. */
const mostPaths = 20_000;
const mostProcesses = 4096;
const mostRecent = 64;

/** What the processes of a traced virtexec looked for inside the tree, gathered line by line from strace. */
export class TracedLookups {
  /** The tree as the host sees it. */
  readonly #tree: string;
  readonly #first: number;
  readonly #processes = new Map<number, Traced>();
  /** Processes in the midst of a fork, the latest last. */
  readonly #forking = new Set<number>();
  #missed = new Map<string, Missed>();
  #isInside = false;
  /** The program was started inside. */
  hasStarted = false;
  /** Paths beyond the most that are kept. */
  dropped = 0;
  /** Processes that were seen and have not ended. */
  readonly running = new Set<number>();

  /** `tree` is the tree's path on the host without links, `first` the process that is to become the program. */
  constructor(tree: string, first: number) {
    this.#tree = tree;
    this.#first = first;
  }

  get missed(): readonly Missed[] {
    return [...this.#missed.values()];
  }

  note(line: string): void {
    const event = parseStraceLine(line);
    if (event === undefined) return;
    const { pid } = event;
    if (event.type === 'ended') {
      this.running.delete(pid);
      this.#processes.delete(pid);
      this.#forking.delete(pid);
      return;
    }
    this.running.add(pid);
    this.#noteEvent(event, this.#processOf(pid));
  }

  #noteEvent(event: Exclude<TraceEvent, { type: 'ended' }>, process: Traced): void {
    if (event.type === 'begun') {
      process.begun = event.line;
      if (event.forks) this.#forking.add(event.pid);
    } else if (event.type === 'resumed') {
      const { begun } = process;
      process.begun = '';
      this.#forking.delete(event.pid);
      this.note(begun + event.rest);
    } else if (event.type === 'fork') {
      this.#processOf(event.child).folder ??= process.folder;
    } else {
      this.#noteCall(event.pid, process, event.call);
    }
  }

  #processOf(pid: number): Traced {
    const known = this.#processes.get(pid);
    if (known !== undefined) return known;
    // A child may speak before its parent has heard of it.
    const parent = this.#processes.get([...this.#forking].at(-1) ?? -1);
    const process = { folder: parent?.folder, begun: '', recent: [], calls: 0 };
    const [oldest] = this.#processes.keys();
    if (this.#processes.size >= mostProcesses && oldest !== undefined) this.#processes.delete(oldest);
    this.#processes.set(pid, process);
    return process;
  }

  #noteCall(pid: number, process: Traced, call: FileCall): void {
    if (!this.#isInside) {
      // virtexec on its way in: up to here it reads the host.
      if (pid !== this.#first || call.name !== 'chroot' || call.outcome !== 'done') return;
      this.#isInside = true;
      process.folder = '/';
      return;
    }
    if (!this.hasStarted && pid !== this.#first) return;
    if (call.name === 'execve' && call.outcome === 'done' && !this.hasStarted) {
      this.hasStarted = true;
      this.#missed = new Map();
      return;
    }
    this.#noteLookup(process, call);
  }

  #noteLookup(process: Traced, call: FileCall): void {
    process.calls++;
    if (call.folder !== undefined && call.path === undefined) {
      if (call.outcome === 'done') process.folder = this.#within(call.folder);
      return;
    }
    if (call.path === undefined || call.path === '') return;
    const from = call.folder === undefined ? process.folder : this.#within(call.folder);
    const path = absolute(call.path, from);
    if (path === undefined) return;
    if (call.outcome === 'done') {
      if (call.name === 'chdir') process.folder = path;
      this.#found(process, path);
    } else if (call.outcome === 'not there' && !call.creates) {
      this.#miss(process, path, call.name.startsWith('execve'));
    }
  }

  #found(process: Traced, path: string): void {
    const name = lastName(path);
    for (const miss of process.recent) {
      if (miss.name !== name || miss.path === path || process.calls - miss.at > mostRecent) continue;
      const missed = this.#missed.get(miss.path);
      if (missed !== undefined) missed.foundElsewhere = true;
    }
  }

  #miss(process: Traced, path: string, toRun: boolean): void {
    const known = this.#missed.get(path);
    if (known === undefined && this.#missed.size >= mostPaths) {
      this.dropped++;
      return;
    }
    this.#missed.set(path, { path, toRun: toRun || known?.toRun === true, foundElsewhere: false });
    process.recent.push({ name: lastName(path), path, at: process.calls });
    if (process.recent.length > mostRecent) process.recent.shift();
  }

  /** A folder of the host, as strace names it, as inside the tree. */
  #within(folder: string): string | undefined {
    if (folder === this.#tree) return '/';
    return folder.startsWith(`${this.#tree}/`) ? folder.slice(this.#tree.length) : undefined;
  }
}

function absolute(path: string, folder: string | undefined): string | undefined {
  if (!path.startsWith('/') && folder === undefined) return undefined;
  const parts: string[] = [];
  // `..` behind a link leads elsewhere; such a path is then looked for in vain on the host, which is no harm.
  for (const part of (path.startsWith('/') ? path : `${folder}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
