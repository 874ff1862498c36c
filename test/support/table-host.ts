import { posix } from 'node:path';
import { parseElf } from '../../src/closure/parse-elf.ts';
import { parseInterpreterLine } from '../../src/closure/parse-interpreter-line.ts';
import type { HostFile, HostView } from '../../src/domain/host-view.ts';
import type { ProgramFacts } from '../../src/domain/program-facts.ts';
import { buildElf, type ElfSpec, readerOf } from './build-elf.ts';

/** One path of a made host: an ELF file, a text (a script runs where it begins with `#!`), a link, bytes. */
export type TableFile =
  | { readonly elf: ElfSpec; readonly mode?: number }
  | { readonly text: string; readonly mode?: number }
  | { readonly link: string }
  | { readonly bytes: Uint8Array; readonly mode?: number };

/** A host that is a table of absolute paths; the folders above them are there too. */
export function tableHost(table: Readonly<Record<string, TableFile>>): HostView {
  const files = new Map(Object.entries(table));
  const dirs = new Map<string, Set<string>>([['/', new Set()]]);
  for (const path of files.keys()) {
    for (let at = path; at !== '/'; at = posix.dirname(at)) {
      const dir = posix.dirname(at);
      dirs.set(dir, (dirs.get(dir) ?? new Set()).add(posix.basename(at)));
    }
  }
  return {
    lstat: (path) => {
      // As Node does.
      if (path.includes('\0')) throw new TypeError('a path without null bytes is expected');
      const file = files.get(path);
      return file === undefined ? dirOf(dirs.has(path)) : fileOf(file);
    },
    list: (path) => [...(dirs.get(path) ?? [])].sort(),
    text: (path) => {
      const file = files.get(path);
      return file !== undefined && 'text' in file ? file.text : undefined;
    },
    program: (path) => programOf(files.get(path)),
  };
}

const common = { uid: 0, gid: 0, size: 100 };

function dirOf(isThere: boolean): HostFile | undefined {
  return isThere ? { type: 'dir', mode: 0o755, ...common } : undefined;
}

function fileOf(file: TableFile): HostFile {
  if ('link' in file) return { type: 'symlink', mode: 0o777, target: file.link, ...common };
  return { type: 'file', mode: file.mode ?? 0o755, ...common };
}

function programOf(file: TableFile | undefined): ProgramFacts {
  if (file === undefined || 'link' in file) return { kind: 'data' };
  if ('elf' in file) return parseElf(readerOf(buildElf(file.elf)));
  const bytes = 'text' in file ? new TextEncoder().encode(file.text) : file.bytes;
  return bytes[0] === 0x7f ? parseElf(readerOf(bytes)) : parseInterpreterLine(bytes);
}
