import { posix } from 'node:path';
import type { HostView } from '../domain/host-view.ts';
import { type HostPaths, hostPaths } from './host-paths.ts';
import { matchesGlob } from './matches-glob.ts';

// Each file is read once; this bounds what a folder full of them can ask for.
const mostFiles = 1000;
const mostDepth = 16;

/**
 * The directories of /etc/ld.so.conf in their order, as ldconfig(8) reads it: `include` with a pattern in its last
 * component, relative to the file it stands in; comments; `hwcap` lines and types behind `=` say nothing today.
 */
export function parseLdSoConf(host: HostView, paths: HostPaths = hostPaths(host)): string[] {
  const dirs: string[] = [];
  const seen = new Set<string>();

  const parseFile = (file: string, depth: number) => {
    const real = paths.real(file);
    if (real === undefined || seen.has(real) || seen.size >= mostFiles || depth > mostDepth) return;
    seen.add(real);
    for (const line of (host.text(real) ?? '').split('\n')) parseLine(line, file, depth);
  };
  const parseLine = (line: string, file: string, depth: number) => {
    const text = (line.split('#', 1)[0] ?? '').trim();
    const [word, ...patterns] = text.split(/[ \t]+/u);
    if (word === 'include') {
      const from = posix.dirname(file);
      const files = patterns.flatMap((pattern) => expand(posix.resolve(from, pattern), paths));
      for (const found of files) parseFile(found, depth + 1);
    } else if (word !== 'hwcap') {
      addDir((text.split('=', 1)[0] ?? '').trim());
    }
  };
  const addDir = (dir: string) => {
    if (dir.startsWith('/') && !dirs.includes(dir)) dirs.push(dir);
  };

  parseFile('/etc/ld.so.conf', 0);
  return dirs;
}

function expand(pattern: string, paths: HostPaths): string[] {
  const dir = posix.dirname(pattern);
  const names = [...paths.names(dir)].filter((name) => matchesGlob(posix.basename(pattern), name));
  return names.sort().map((name) => posix.join(dir, name));
}
