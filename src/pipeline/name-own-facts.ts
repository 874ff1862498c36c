import { lstatSync } from 'node:fs';
import { sha256 } from '../linux/sha256.ts';
import { listHostNames } from '../plan/find-foreign-name.ts';
import type { LayerPlan } from '../plan/plan-tree.ts';
import type { Inspection } from './inspect-host.ts';

/** Hash of all that the own entries of trees on this layer are planned from, but for what each domain's record says. */
export function nameLayerFacts(
  { host, key, profile }: Inspection,
  { pam, etc, system, shell }: LayerPlan,
): string {
  const read = [listHostNames(host), host.text('/etc/login.defs')];
  const copied = [...pam.entries, ...etc.entries].flatMap((entry) =>
    entry.type === 'file' && 'copyOf' in entry.source ? [entry.source.copyOf] : [],
  );
  return sha256(JSON.stringify([key, profile, pam, etc, system, shell, read, host.identify(copied)]));
}

/** Hash of all that the own entries of one tree are planned from. `record` is the text of the domain's record. */
export function nameOwnFacts(layerFacts: string, logSocket: string | undefined, record: string): string {
  return sha256(JSON.stringify([layerFacts, identifySocket(logSocket), record]));
}

/** A syslog daemon that starts anew makes its socket anew, and the trees have another name of the old one. */
export function identifySocket(path: string | undefined): string {
  const stats = path === undefined ? undefined : lstatSync(path, { throwIfNoEntry: false });
  return stats === undefined ? '' : `${path} ${stats.dev}:${stats.ino}`;
}
