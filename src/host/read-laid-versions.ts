import { join } from 'node:path';
import { readPlainFile } from './read-plain-file.ts';

/** `.virtfs/layers/ID.packages.json`: the versions the host's packages had when the layer was planned. */
export function nameLaidVersions(layerId: string): string {
  return `${layerId}.packages.json`;
}

// Pairs, not an object: one of a thousand names takes milliseconds to make.
export function renderLaidVersions(versions: ReadonlyMap<string, string>): string {
  return JSON.stringify({ version: 1, packages: [...versions] });
}

/**
 * The versions that were written down beside a layer of `root`; undefined where there are none, or none that can be
 * read: what a tree holds does not hang on them.
 */
export function readLaidVersions(root: string, layerId: string): ReadonlyMap<string, string> | undefined {
  const text = readPlainFile(join(root, '.virtfs', 'layers', nameLaidVersions(layerId)), () => {});
  return text === undefined ? undefined : parseVersions(text);
}

function parseVersions(text: string): ReadonlyMap<string, string> | undefined {
  try {
    const { version, packages } = JSON.parse(text) as { version?: unknown; packages?: unknown };
    return version === 1 && Array.isArray(packages) && packages.every(isPair) ? new Map(packages) : undefined;
  } catch {
    // Cut short or foreign.
    return undefined;
  }
}

function isPair(item: unknown): item is [string, string] {
  return Array.isArray(item) && typeof item[0] === 'string' && typeof item[1] === 'string';
}
