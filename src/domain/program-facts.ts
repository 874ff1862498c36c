/** What an ELF object asks for. Strings are as they stand in the file: hostile until proved. */
export interface ElfFacts {
  readonly kind: 'elf';
  /** EI_CLASS: 32 or 64 bits. */
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
  /** e_machine: 62 is x86-64, 183 is AArch64. */
  readonly machine: number;
  /** PT_INTERP, absent in libraries and static programs. */
  readonly interpreter?: string;
  readonly soname?: string;
  /** DT_NEEDED and DT_FILTER: libraries without which the object is not loaded. */
  readonly needed: readonly string[];
  /** DT_AUXILIARY: libraries that are loaded with the object where they are there. */
  readonly auxiliary: readonly string[];
  /** DT_RPATH, split at colons; not set when DT_RUNPATH is there, which overrules it. */
  readonly rpath: readonly string[];
  readonly runpath: readonly string[];
  /** `.note.dlopen` (UAPI group): sonames the object may load while it runs, by priority. */
  readonly dlopen: readonly DlopenNote[];
  /** DF_1_NODEFLIB: the default library folders are not searched. */
  readonly noDefaultLib: boolean;
}

export interface DlopenNote {
  /** Alternatives: the first that is there will do. */
  readonly sonames: readonly string[];
  readonly priority: 'required' | 'recommended' | 'suggested';
}

export interface ScriptFacts {
  readonly kind: 'script';
  /** The program of the `#!` line as it stands: the kernel opens it from the working directory where it is relative. */
  readonly interpreter: string;
  /** What follows it, unsplit as the kernel passes it; for `env` the program is in here. */
  readonly argument: string;
}

/** How the kernel would run a file. `broken` looks like ELF and cannot be one; `why` says which rule it breaks. */
export type ProgramFacts =
  | ElfFacts
  | ScriptFacts
  | { readonly kind: 'data' }
  | { readonly kind: 'broken'; readonly why: string };
