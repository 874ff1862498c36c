import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create } from './run-create.ts';
import { type Sandbox, small } from './trees-root.ts';

/** The domain most of these tests are about. */
export const domain = 'one.example';

/** Where a path of the tree is on the host. */
export function inTree({ root }: Sandbox, path: string, tree: string = domain): string {
  return join(root, tree, path);
}

/** A script whose interpreter is a program, so that what it needs is a matter of its first line. */
export function putTool(folder: string, text: string, interpreter = '/bin/sh'): void {
  const path = join(folder, 'tool');
  writeFileSync(`${path}.new`, `#!${interpreter}\n# ${text}\n`, { mode: 0o755 });
  renameSync(`${path}.new`, path);
}

export async function createWithTool(
  sandbox: Sandbox,
  folder: string,
  domains: readonly string[],
  interpreter?: string,
): Promise<void> {
  putTool(folder, 'version 1', interpreter);
  sandbox.putProfile('small', `${small}\nfiles = ["${folder}/tool"]\n`);
  await create({ settings: sandbox.settings, domains });
}

export async function createWithTemplate(sandbox: Sandbox, text: string): Promise<void> {
  putTemplate(sandbox, text);
  await create({ settings: sandbox.settings, domains: [domain] });
}

export function putTemplate({ settings }: Sandbox, text: string): void {
  mkdirSync(settings.etcDir, { recursive: true });
  writeFileSync(join(settings.etcDir, 'motd'), text, { mode: 0o644 });
}
