import { isAbsolute, join } from 'node:path';
import { escapeLines } from '../../errors/escape-lines.ts';
import { readSettings } from '../../host/read-settings.ts';
import {
  findHome,
  findInitSystem,
  type InitSystem,
  putServiceFile,
  removeServiceFiles,
} from '../../host/service-files.ts';
import { requireRoot } from '../../pipeline/change-trees.ts';
import { badUsage } from '../command-line.ts';
import type { ServiceInstallCall, ServiceUninstallCall } from '../specs/service-specs.ts';

export async function runServiceInstall({ values, io, spec }: ServiceInstallCall): Promise<number> {
  const etc = parseEtc(values.etc, (why) => badUsage('virtfs', spec, why));
  const init = parseInit(values.init, (why) => badUsage('virtfs', spec, why));
  const dryRun = values['dry-run'] ?? false;
  if (!dryRun) requireRoot('let the machine start virtuald');
  // An image has settings of its own.
  const configDir = io.env.VIRTFS_CONFIG_DIR ?? join(etc, 'virtfs');
  const { roots } = await readSettings({ ...io.env, VIRTFS_CONFIG_DIR: configDir });
  const chosen = init ?? findInitSystem(etc, io.env.PATH);
  const laid = await putServiceFile({ etc, home: findHome(), dryRun }, { init: chosen, roots });
  if (values.json) {
    io.out(JSON.stringify({ ...laid, dryRun }, undefined, 2));
    return 0;
  }
  if (values.quiet) return 0;
  io.err(describeLaid(laid, dryRun));
  if (!dryRun) for (const line of describeStart(chosen)) io.err(line);
  return 0;
}

export async function runServiceUninstall({ values, io, spec }: ServiceUninstallCall): Promise<number> {
  const etc = parseEtc(values.etc, (why) => badUsage('virtfs', spec, why));
  const dryRun = values['dry-run'] ?? false;
  if (!dryRun) requireRoot('remove what starts virtuald');
  const removed = await removeServiceFiles({ etc, home: findHome(), dryRun });
  if (values.json) {
    io.out(JSON.stringify({ removed, dryRun }, undefined, 2));
    return 0;
  }
  if (values.quiet) return 0;
  for (const path of removed) io.err(dryRun ? `${path} would go.` : `${path} is gone.`);
  if (removed.length === 0) io.err(`This virtfs laid nothing in ${etc} that starts virtuald.`);
  return 0;
}

function describeLaid(
  { path, isChanged }: { readonly path: string; readonly isChanged: boolean },
  dryRun: boolean,
): string {
  if (!isChanged) return `${path} is there already, as it should be.`;
  return dryRun ? `${path} would be laid.` : `${path} is laid.`;
}

/** What the administrator does next. */
function describeStart(init: InitSystem): readonly string[] {
  return init === 'systemd'
    ? ['To start it now and at each boot: systemctl enable --now virtuald']
    : [
        'To start it now: /etc/init.d/virtuald start',
        'To start it at each boot: update-rc.d virtuald defaults (or chkconfig --add virtuald)',
      ];
}

function parseEtc(word: string | undefined, bad: (why: string) => Error): string {
  if (word === undefined) return '/etc';
  if (isAbsolute(word)) return join(word, '.').replace(/(?<=.)\/$/u, '');
  throw bad(`--etc needs an absolute path, not '${escapeLines(word).slice(0, 80)}'`);
}

function parseInit(word: string | undefined, bad: (why: string) => Error): InitSystem | undefined {
  if (word === undefined || word === 'systemd' || word === 'sysv') return word;
  throw bad(`--init is systemd or sysv, not '${escapeLines(word).slice(0, 80)}'`);
}
