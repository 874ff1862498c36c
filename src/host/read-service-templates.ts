import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findInstallRoot } from './find-install-root.ts';

/** What virtuald.toml says of a service that comes with virtfs. */
export interface ServiceTemplate {
  readonly name: string;
  /** Text of TOML: comments, and the table `service.NAME`. */
  readonly text: string;
  /** Its first comment, a sentence or two. */
  readonly summary: string;
}

/** The services that come with virtfs, by name. */
export function readServiceTemplates(): ReadonlyMap<string, ServiceTemplate> {
  const folder = serviceTemplatesDir();
  const names = readdirSync(folder).filter((name) => name.endsWith('.toml'));
  return new Map(
    names.sort().map((file) => {
      const name = file.slice(0, -'.toml'.length);
      const text = readFileSync(join(folder, file), 'utf8');
      const [first = ''] = text.split('\n');
      return [name, { name, text, summary: first.replace(/^# /u, '') }] as const;
    }),
  );
}

/** The folder of all templates that have to do with virtuald. */
export function serviceTemplatesDir(): string {
  return join(findInstallRoot(), 'templates', 'services');
}
