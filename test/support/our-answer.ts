import { planClosure } from '../../src/closure/plan-closure.ts';
import type { HostView } from '../../src/domain/host-view.ts';
import { VirtfsError } from '../../src/errors/virtfs-error.ts';
import type { LoaderAnswer } from './ask-loader.ts';

/** What our closure says of one object, in the shape of the loader's answer. */
export function ourAnswer(path: string, host: HostView): LoaderAnswer {
  const roots = [{ path, why: 'under test' }];
  try {
    const { files } = planClosure(roots, host, { searchPath: [], missing: 'throw' });
    return { paths: files.map((file) => file.path).sort(), missing: [] };
  } catch (error) {
    if (!(error instanceof VirtfsError) || error.code !== 'LIBRARY_MISSING') throw error;
    const missing = [...error.why.matchAll(/(?:^|; )(?<name>\S+?)(?:, wanted by|: its loader)/gu)];
    return { paths: [], missing: missing.map(({ groups }) => groups?.name ?? '').sort() };
  }
}

/** A host on which nobody recommends anything: the loader knows of NEEDED alone. */
export function withoutNotes(host: HostView): HostView {
  return {
    ...host,
    program: (path) => {
      const facts = host.program(path);
      return facts.kind === 'elf' ? { ...facts, dlopen: [] } : facts;
    },
  };
}
