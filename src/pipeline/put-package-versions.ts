import { putStateFile } from '../engine/put-state-file.ts';
import type { StateDir } from '../engine/state-dir.ts';
import { nameLaidVersions, renderLaidVersions } from '../host/read-laid-versions.ts';
import { readPackageVersions } from '../host/read-package-versions.ts';

/**
 * Writes down, beside a layer that was just planned, which versions the host's packages have: its files came from them.
 * Where the host cannot tell, nothing is written.
 */
export function putPackageVersions(state: StateDir, layerId: string): void {
  const versions = readPackageVersions();
  if (versions === undefined) return;
  putStateFile(state.part('layers'), nameLaidVersions(layerId), renderLaidVersions(versions));
}
